//! Many questions to one node: some at a time, the answers in the order of the questions.

use crate::failure::Failure;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// Questions under way at a time: a node answers most within milliseconds, so these hide the way to it; and it takes
/// thousands before it says that it has too much.
const TOGETHER: usize = 16;

/// Asks each, at most [`TOGETHER`] at a time. After a failure no more are asked: those have no answer. What was under way
/// by then has its own.
pub fn together<T: Send, R: Send>(
    questions: Vec<T>,
    ask: impl Fn(T) -> Result<R, Failure> + Sync + Send,
) -> Vec<Option<Result<R, Failure>>> {
    let failed = AtomicBool::new(false);
    let one = |question| {
        if failed.load(Ordering::Relaxed) {
            return None;
        }
        let answer = ask(question);
        failed.fetch_or(answer.is_err(), Ordering::Relaxed);
        Some(answer)
    };
    let threads = TOGETHER.min(questions.len());
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) if threads > 1 => pool.install(|| questions.into_par_iter().map(one).collect()),
        // One question, or a machine without threads to spare.
        _ => questions.into_iter().map(one).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    #[test]
    fn answers_keep_the_order_of_the_questions_and_few_are_under_way() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let answers = together((0..200).collect(), |question: u64| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis((200 - question) % 7));
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(question * 2)
        });
        assert!(answers.into_iter().flatten().eq((0..200).map(|question| Ok(question * 2))));
        assert!((2..=TOGETHER).contains(&most.into_inner()));
    }

    #[test]
    fn after_a_failure_no_more_are_asked() {
        let asked = AtomicUsize::new(0);
        let answers = together((0..10_000).collect(), |_: u64| {
            asked.fetch_add(1, Ordering::SeqCst);
            Err::<(), _>(Failure::unknown("error-node-out-of-reach"))
        });
        assert_eq!(answers.iter().flatten().count(), asked.load(Ordering::SeqCst));
        assert!(asked.into_inner() <= TOGETHER);
    }
}
