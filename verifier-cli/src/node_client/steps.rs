//! Submitting steps: many in one request, each with an answer of its own.

use super::views::ReceiptView;
use super::{NodeClient, NodeError, Problem, TRIES};
use serde::Deserialize;
use serde_json::Value;

/// Most steps of one list that a node takes.
pub const LIST: usize = 64;
/// Most bytes of its text, with what stands around the steps; one step always has room.
const LIST_BYTES: usize = (256 << 10) - 64;

/// The longest wait for a node that has too much to do: it only guesses.
const OVERLOADED_WAIT_S: u64 = 10;

/// A node's answer to a step that it took.
#[derive(Debug, Deserialize)]
pub struct TakenStep {
    /// 98 bytes, hex.
    pub entry: String,
    /// The operator's promise.
    pub receipt: ReceiptView,
}

/// What a node said of one step: 201 where it is new, 200 where it stood before.
pub type SaidOfStep = Result<(u16, TakenStep), NodeError>;

/// What a node said of steps.
pub struct Said {
    /// Of each, in their order; nothing where it was not heard of.
    pub steps: Vec<Option<SaidOfStep>>,
    /// Why some were not heard of.
    pub failure: Option<NodeError>,
}

#[derive(Deserialize)]
struct Answers {
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    status: u16,
    step: Option<TakenStep>,
    problem: Option<Value>,
    retry_after: Option<u64>,
}

impl NodeClient {
    /// Submits steps by their texts, in lists. Those that the node had no time for are sent again; a list that it can not
    /// read is sent again one by one, so that the step that is to blame keeps back no other. After any other failure no
    /// more are sent.
    pub fn submit(&self, steps: &[String]) -> Said {
        let mut said = Said { steps: steps.iter().map(|_| None).collect(), failure: None };
        let mut rest: Vec<usize> = (0..steps.len()).collect();
        let mut fruitless = 0;
        loop {
            let later = match self.round(&rest, steps, &mut said) {
                Ok(later) => later,
                Err(failure) => {
                    said.failure = Some(failure);
                    return said;
                }
            };
            // A node that takes some each time takes all of them in the end.
            fruitless = if later.places.len() < rest.len() { 0 } else { fruitless + 1 };
            if later.places.is_empty() || fruitless == TRIES {
                said.failure = later.unheard;
                return said;
            }
            self.wait(later.wait_s);
            rest = later.places;
        }
    }

    /// Sends each of these steps once.
    fn round(&self, rest: &[usize], steps: &[String], said: &mut Said) -> Result<Later, NodeError> {
        let mut later = Later::default();
        let mut lists = lists(rest, steps);
        lists.reverse();
        while let Some(list) = lists.pop() {
            match self.submit_list(list, steps) {
                Ok(answers) => {
                    for (place, answer) in list.iter().zip(answers) {
                        if let Some(wait_s) = answer.as_ref().err().and_then(wait_s) {
                            later.put(&[*place], wait_s);
                        }
                        said.note(*place, Some(answer));
                    }
                }
                Err(error) => {
                    if let Some(wait_s) = wait_s(&error) {
                        later.put(list, wait_s);
                        later.unheard = Some(error);
                        for place in list {
                            said.note(*place, None);
                        }
                    } else if !blames_a_step(&error) {
                        return Err(error);
                    } else if let [place] = list {
                        said.note(*place, Some(Err(error)));
                    } else {
                        lists.extend(list.chunks(1).rev());
                    }
                }
            }
        }
        Ok(later)
    }

    fn submit_list(&self, list: &[usize], steps: &[String]) -> Result<Vec<SaidOfStep>, NodeError> {
        let texts: Vec<&str> =
            list.iter().filter_map(|place| steps.get(*place)).map(String::as_str).collect();
        let body = format!(r#"{{"steps":[{}]}}"#, texts.join(","));
        let request = self.client.post(self.address.resource("v1/steps/many")?);
        let request = request.header("content-type", "application/json").body(body);
        let (_, bytes) = self.runtime.block_on(self.exchange(request))?;
        let Answers { answers } = self.read_json(&bytes)?;
        if answers.len() != list.len() {
            return Err(self.unreadable("its answers are not as many as the steps"));
        }
        Ok(answers.into_iter().map(|answer| self.heard(answer)).collect())
    }

    fn heard(&self, answer: Answer) -> SaidOfStep {
        let Answer { status, step, problem, retry_after } = answer;
        let problem = problem.map(|members| Problem::read(status, retry_after, members));
        match (step, problem) {
            (Some(step), None) => Ok((status, step)),
            (None, Some(Some(problem))) => {
                Err(NodeError::Problem { address: self.address.to_string(), problem: Box::new(problem) })
            }
            _ => Err(self.unreadable("an answer about a step that is neither a receipt nor a problem")),
        }
    }
}

impl Said {
    fn note(&mut self, place: usize, answer: Option<SaidOfStep>) {
        if let Some(said) = self.steps.get_mut(place) {
            *said = answer;
        }
    }
}

/// Steps to be sent again, after so many seconds.
#[derive(Default)]
struct Later {
    places: Vec<usize>,
    wait_s: u64,
    /// Why a list came back as a whole.
    unheard: Option<NodeError>,
}

impl Later {
    fn put(&mut self, places: &[usize], wait_s: u64) {
        self.places.extend(places);
        self.wait_s = self.wait_s.max(wait_s);
    }
}

/// Seconds after which the same may be sent again, where the node had no time for it.
fn wait_s(error: &NodeError) -> Option<u64> {
    let overloaded = error.problem("overloaded");
    let overloaded_s = |problem: &Problem| problem.retry_after_s.unwrap_or(1).clamp(1, OVERLOADED_WAIT_S);
    overloaded.map(overloaded_s).or_else(|| error.patience_s())
}

/// Whether a list is refused because of what stands in a step of it.
const fn blames_a_step(error: &NodeError) -> bool {
    matches!(error, NodeError::Problem { problem, .. } if matches!(problem.status, 400 | 413))
}

/// These steps in lists that a node takes.
fn lists<'a>(mut rest: &'a [usize], steps: &[String]) -> Vec<&'a [usize]> {
    let bytes = |place: &usize| steps.get(*place).map_or(0, |text| text.len() + 1);
    let mut lists = Vec::new();
    while !rest.is_empty() {
        let mut room = LIST_BYTES;
        let fits = rest.iter().take(LIST).take_while(|place| {
            let left = room.checked_sub(bytes(place));
            room = left.unwrap_or(0);
            left.is_some()
        });
        let (list, later) = rest.split_at(fits.count().max(1));
        lists.push(list);
        rest = later;
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_few_steps_and_few_bytes_and_lose_none() {
        let steps: Vec<String> =
            (0..500).map(|place| "x".repeat(if place % 7 == 0 { 90_000 } else { 700 })).collect();
        let places: Vec<usize> = (0..steps.len()).collect();
        let lists = lists(&places, &steps);
        assert_eq!(lists.concat(), places);
        for list in lists {
            assert!(list.len() <= LIST);
            let bytes: usize = list.iter().map(|place| steps[*place].len() + 1).sum();
            assert!(bytes <= LIST_BYTES || list.len() == 1, "{bytes}");
        }
    }
}
