//! Submitting steps: many in one request, each with an answer of its own.

use super::views::ReceiptView;
use super::{NodeClient, NodeError, Problem};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// Most steps of one list that a node takes.
pub const LIST: usize = 64;
/// Most bytes of its text, with what stands around the steps; one step always has room.
const LIST_BYTES: usize = (256 << 10) - 64;

/// How often a node that has too much to do is asked again, and how long it may ask us to wait.
const PATIENCE: (u32, u64) = (5, 10);

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
    /// Submits steps by their texts, in lists; in the order of the steps what the node said of each. Those that it had no
    /// time for are sent again. After a list that came to nothing no more are sent: its first step has the failure, and
    /// those without an answer have none.
    pub fn submit(&self, steps: &[String]) -> Vec<Option<SaidOfStep>> {
        let mut said: Vec<Option<SaidOfStep>> = steps.iter().map(|_| None).collect();
        let mut rest: Vec<usize> = (0..steps.len()).collect();
        let mut tries = 1;
        while !rest.is_empty() {
            let mut later = Later::default();
            for list in lists(&rest, steps) {
                match self.submit_list(list, steps) {
                    Ok(answers) => {
                        for (place, answer) in list.iter().zip(answers) {
                            later.put(answer.as_ref().err(), tries, &[*place]);
                            note(&mut said, *place, answer);
                        }
                    }
                    Err(error) => {
                        let waits = later.put(Some(&error), tries, list);
                        note(&mut said, list.first().copied().unwrap_or_default(), Err(error));
                        if !waits {
                            return said;
                        }
                    }
                }
            }
            if later.wait_s > 0 {
                self.waiting.iter().for_each(|tell| tell(later.wait_s));
                std::thread::sleep(Duration::from_secs(later.wait_s));
            }
            // A node that takes some each time takes all of them in the end.
            tries = if later.places.len() < rest.len() { 1 } else { tries + 1 };
            rest = later.places;
        }
        said
    }

    fn submit_list(&self, list: &[usize], steps: &[String]) -> Result<Vec<SaidOfStep>, NodeError> {
        let texts: Vec<&str> =
            list.iter().filter_map(|place| steps.get(*place)).map(String::as_str).collect();
        let body = format!(r#"{{"steps":[{}]}}"#, texts.join(",")).into_bytes();
        let (_, Answers { answers }) = self.post("v1/steps/many", "application/json", body)?;
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

fn note(said: &mut [Option<SaidOfStep>], place: usize, answer: SaidOfStep) {
    if let Some(said) = said.get_mut(place) {
        *said = Some(answer);
    }
}

/// Steps to be sent again, after so many seconds.
#[derive(Default)]
struct Later {
    places: Vec<usize>,
    wait_s: u64,
}

impl Later {
    /// Puts these among them if the node had no time for them and this was not the last try.
    fn put(&mut self, error: Option<&NodeError>, tries: u32, places: &[usize]) -> bool {
        let wait_s = error.and_then(|error| {
            let overloaded = error.problem("overloaded").filter(|_| tries < PATIENCE.0);
            let wait_s = overloaded.map(|problem| problem.retry_after_s.unwrap_or(1).min(PATIENCE.1));
            wait_s.or_else(|| error.patience_s(tries))
        });
        if let Some(wait_s) = wait_s {
            self.places.extend(places);
            self.wait_s = self.wait_s.max(wait_s);
        }
        wait_s.is_some()
    }
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
