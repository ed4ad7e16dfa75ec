//! How many threads a call uses, and which rule says so.

use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use super::{affinity, cgroup, fork, settings, worker};
use crate::error::{Error, Result};

/// The largest thread count there is. Larger ones in the environment mean this one.
pub const PAREXACT_MAX_THREADS: usize = 1024;

/// The environment variables that may set the default, the first valid one winning.
const VARIABLES: [&str; 4] = [
    "PAREXACT_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "OMP_NUM_THREADS",
    "SLURM_CPUS_PER_TASK",
];

/// What decided a thread count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// The call comes from a worker of ours.
    Worker,
    /// `parexact_set_num_threads_local`.
    Local,
    /// `parexact_set_num_threads`.
    Process,
    /// An environment variable, and its value.
    Variable(&'static str, String),
    /// The processors in the affinity mask.
    Affinity,
    /// The control group's quota, being less than those.
    Cgroup,
}

/// The count when nobody has set one, read from the environment once in each process.
#[derive(Debug, Clone)]
pub struct Default {
    /// The thread count, from 1 to [`PAREXACT_MAX_THREADS`].
    pub count: usize,
    /// What decided it.
    pub rule: Rule,
    /// The number of processors in the affinity mask.
    pub affinity: usize,
    /// The control group's limit, in processors.
    pub quota: Option<f64>,
    generation: u64,
}

impl Default {
    fn read(generation: u64, variable: impl Fn(&str) -> Option<String>) -> Self {
        let affinity = affinity::count();
        let quota = cgroup::quota();
        let set = VARIABLES.iter().find_map(|&name| {
            let value = variable(name)?;
            Some((parse(&value)?, Rule::Variable(name, value)))
        });
        let (count, rule) = set.unwrap_or_else(|| match quota.map(cgroup::threads) {
            Some(quota) if quota < affinity => (quota, Rule::Cgroup),
            _ => (affinity, Rule::Affinity),
        });
        Self {
            count: count.clamp(1, PAREXACT_MAX_THREADS),
            rule,
            affinity,
            quota,
            generation,
        }
    }
}

/// A positive decimal number, or the first of a comma-separated list of them (OpenMP's form, one item
/// for each nesting level); anything else, 0 included, counts as not set.
fn parse(value: &str) -> Option<usize> {
    let first = value.split(',').next()?.trim();
    let digits = first.strip_prefix('+').unwrap_or(first);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Only digits: too many of them is the one failure left.
    let count = digits.parse().unwrap_or(usize::MAX);
    (count > 0).then_some(count)
}

/// The default of this process; never freed, since other threads may be reading an older one.
static DEFAULT: AtomicPtr<Default> = AtomicPtr::new(std::ptr::null_mut());

/// 0: not set.
static PROCESS: AtomicUsize = AtomicUsize::new(0);

/// The default count of this process and where it comes from.
pub fn default() -> &'static Default {
    let seen = DEFAULT.load(Ordering::Acquire);
    // SAFETY: null, or published below and never freed.
    if let Some(known) = unsafe { seen.as_ref() }
        && known.generation == fork::generation()
    {
        return known;
    }
    // Asking for the process registers the fork handler, on which the comparison above relies.
    let generation = fork::checked_generation();
    let variable = |name: &str| Some(std::env::var_os(name)?.to_string_lossy().into_owned());
    let fresh = Box::into_raw(Box::new(Default::read(generation, variable)));
    match DEFAULT.compare_exchange(seen, fresh, Ordering::AcqRel, Ordering::Acquire) {
        // SAFETY: published, hence never freed.
        Ok(_) => unsafe { &*fresh },
        Err(other) => {
            // SAFETY: it came from a box that nobody else has seen; `other` was published by a
            // thread of this process, as after a fork the only thread finds its parent's once.
            unsafe {
                drop(Box::from_raw(fresh));
                &*other
            }
        }
    }
}

/// Sets the count of the whole process; 0 returns to the default.
pub fn set_for_process(count: usize) -> Result<()> {
    if count > PAREXACT_MAX_THREADS {
        return Err(Error::invalid(format!(
            "n is {count}, more than {PAREXACT_MAX_THREADS} threads"
        )));
    }
    PROCESS.store(count, Ordering::Relaxed);
    Ok(())
}

/// The count of the process that is in force.
pub fn for_process() -> usize {
    match PROCESS.load(Ordering::Relaxed) {
        0 => default().count,
        count => count,
    }
}

/// Sets the count for calls from this thread; 0 returns to the process's. Answers the previous one.
pub fn set_local(count: usize) -> usize {
    settings::set_threads(count.min(PAREXACT_MAX_THREADS))
}

/// How many threads, the calling one included, a call from this thread uses: 1 or more.
#[inline]
pub fn for_call() -> usize {
    if worker::is_worker() {
        return 1;
    }
    match settings::threads() {
        0 => for_process(),
        count => count,
    }
}

/// The most threads that work without waiting can have a use for, with a margin for processors that come
/// later and for idle host threads: starting and waking a thousand workers of two processors takes seconds.
pub fn useful() -> usize {
    (4 * default().affinity).clamp(64, PAREXACT_MAX_THREADS)
}

/// The count a call from this thread uses and the rule behind it.
pub fn explain() -> (usize, Rule) {
    let rule = if worker::is_worker() {
        Rule::Worker
    } else if settings::threads() != 0 {
        Rule::Local
    } else if PROCESS.load(Ordering::Relaxed) != 0 {
        Rule::Process
    } else {
        default().rule.clone()
    };
    (for_call(), rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_variables() {
        for (value, expected) in [
            ("4", Some(4)),
            (" 4 ", Some(4)),
            ("+4", Some(4)),
            ("4,3,2", Some(4)),
            (" 4 , 3", Some(4)),
            ("99999999999999999999999", Some(usize::MAX)),
            ("0", None),
            ("0,4", None),
            ("", None),
            (",4", None),
            ("-2", None),
            ("++2", None),
            ("two", None),
            ("2.5", None),
            ("0x4", None),
        ] {
            assert_eq!(parse(value), expected, "{value:?}");
        }
    }

    #[test]
    fn variables_in_order_and_invalid_ones_passed_over() {
        let read = |set: &[(&str, &str)]| {
            let find = |name: &str| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let default = Default::read(1, find);
            (default.count, default.rule)
        };
        let mut set = vec![
            ("SLURM_CPUS_PER_TASK", "3"),
            ("OMP_NUM_THREADS", "4,2"),
            ("RAYON_NUM_THREADS", "5"),
            ("PAREXACT_NUM_THREADS", "6"),
        ];
        for expected in [6, 5, 4, 3] {
            let (name, value) = *set.last().expect("four variables, four rounds");
            assert_eq!(
                read(&set),
                (expected, Rule::Variable(name, value.to_owned()))
            );
            // Invalid is like absent.
            set.last_mut().expect("four variables, four rounds").1 = "0";
            assert_ne!(read(&set).0, expected);
            set.pop();
        }
        assert!(matches!(read(&[]).1, Rule::Affinity | Rule::Cgroup));
        assert_eq!(
            read(&[("PAREXACT_NUM_THREADS", "5000")]).0,
            PAREXACT_MAX_THREADS
        );
    }
}
