//! The thread count of a process in which nobody has set one, and the rule behind it.

use super::cgroup;
use super::per_process::PerProcess;
use super::processors::Processors;
use super::ranks::{self, Ranks};

/// The largest thread count there is. Larger ones in the environment mean this one.
pub const PAREXACT_MAX_THREADS: usize = 1024;

/// The environment variables by which a user orders a number of threads, the first valid one winning.
const ORDERS: [&str; 3] = [
    "PAREXACT_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "OMP_NUM_THREADS",
];

/// The environment variable by which a launcher describes what it allotted to this process. It is no order: a
/// step may be bound to fewer processors than its job has for each task, so this may only lower what the
/// process may use.
const ALLOTMENT: &str = "SLURM_CPUS_PER_TASK";

/// What decided a thread count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// The call comes from a worker of the library.
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
    /// This rank's share of the node's processors, being less than those.
    Share,
}

/// The count if nobody has set one, and what it follows from.
#[derive(Debug, Clone)]
pub struct ProcessDefault {
    /// The thread count, from 1 to [`PAREXACT_MAX_THREADS`].
    pub count: usize,
    /// What decided it.
    pub rule: Rule,
    /// The processors that this process may use.
    pub processors: Processors,
    /// The ranks that share the node, if a launcher says so, whether or not that decided.
    pub ranks: Option<Ranks>,
    /// How many processors the launcher has allotted, if it says so, whether or not that decided.
    pub allotted: Option<usize>,
}

impl ProcessDefault {
    fn read() -> Self {
        let variable = |name: &str| Some(std::env::var_os(name)?.to_string_lossy().into_owned());
        Self::decide(Processors::read(), variable)
    }

    /// Decides by these processors and these environment variables.
    fn decide(processors: Processors, variable: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name| {
            let value: String = variable(name)?;
            Some((parse(&value)?, Rule::Variable(name, value)))
        };
        let order = ORDERS.into_iter().find_map(number);
        let allotment = number(ALLOTMENT);
        let allotted = allotment.as_ref().map(|&(count, _)| count);
        let ranks = ranks::on_this_node(&variable);
        let (count, rule) = order.unwrap_or_else(|| {
            let affinity = (processors.affinity, Rule::Affinity);
            let quota = processors
                .quota
                .map(|quota| (cgroup::threads(quota), Rule::Cgroup));
            let share = ranks.map(|ranks| (processors.share(ranks.count), Rule::Share));
            // The least of them decides, and of equal ones the first.
            [quota, share, allotment]
                .into_iter()
                .flatten()
                .fold(
                    affinity,
                    |least, next| if next.0 < least.0 { next } else { least },
                )
        });
        Self {
            count: count.clamp(1, PAREXACT_MAX_THREADS),
            rule,
            processors,
            ranks,
            allotted,
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
    // There are only digits, so that parsing fails only if there are too many.
    let count = digits.parse().unwrap_or(usize::MAX);
    (count > 0).then_some(count)
}

/// The default of this process. The system and the environment are asked once.
#[inline]
pub fn get() -> &'static ProcessDefault {
    static DEFAULT: PerProcess<ProcessDefault> = PerProcess::new();
    DEFAULT
        .get_quickly()
        .unwrap_or_else(|| DEFAULT.get_or_make(ProcessDefault::read))
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

    /// The count and its rule, on these processors and under these variables.
    fn decided(processors: Processors, set: &[(&str, &str)]) -> (usize, Rule) {
        let find = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let default = ProcessDefault::decide(processors, find);
        (default.count, default.rule)
    }

    /// A process that may run on the whole of a node with so many processors.
    fn whole(node: usize) -> Processors {
        bound(node, node)
    }

    /// A process that is bound to some of a node's processors.
    fn bound(affinity: usize, node: usize) -> Processors {
        Processors {
            affinity,
            quota: None,
            node,
        }
    }

    fn limited(quota: f64, processors: Processors) -> Processors {
        Processors {
            quota: Some(quota),
            ..processors
        }
    }

    #[test]
    fn variables_in_order_and_invalid_ones_passed_over() {
        let mut set = vec![
            ("SLURM_CPUS_PER_TASK", "3"),
            ("OMP_NUM_THREADS", "4,2"),
            ("RAYON_NUM_THREADS", "5"),
            ("PAREXACT_NUM_THREADS", "6"),
        ];
        for expected in [6, 5, 4, 3] {
            let (name, value) = *set.last().expect("four variables, four rounds");
            assert_eq!(
                decided(whole(7), &set),
                (expected, Rule::Variable(name, value.to_owned()))
            );
            // Invalid is like absent.
            set.last_mut().expect("four variables, four rounds").1 = "0";
            assert_ne!(decided(whole(7), &set).0, expected);
            set.pop();
        }
        assert_eq!(decided(whole(7), &[]), (7, Rule::Affinity));
        assert_eq!(
            decided(whole(7), &[("PAREXACT_NUM_THREADS", "5000")]).0,
            PAREXACT_MAX_THREADS
        );
    }

    #[test]
    fn orders_exceed_the_processors_and_an_allotment_does_not() {
        for name in ORDERS {
            let order = Rule::Variable(name, "9".into());
            assert_eq!(decided(limited(1.0, whole(2)), &[(name, "9")]), (9, order));
        }
        let allotment = Rule::Variable(ALLOTMENT, "3".into());
        for (processors, expected) in [
            (whole(2), (2, Rule::Affinity)),
            (whole(3), (3, Rule::Affinity)),
            (whole(4), (3, allotment.clone())),
            (limited(3.5, whole(4)), (3, allotment.clone())),
            (limited(2.5, whole(4)), (3, Rule::Cgroup)),
            (limited(1.5, whole(4)), (2, Rule::Cgroup)),
            (limited(1.5, bound(1, 4)), (1, Rule::Affinity)),
            (whole(2000), (3, allotment)),
        ] {
            let found = decided(processors, &[(ALLOTMENT, "3")]);
            assert_eq!(found, expected, "{processors:?}");
        }
        assert_eq!(
            decided(whole(2), &[(ALLOTMENT, "none")]),
            (2, Rule::Affinity)
        );
    }

    #[test]
    fn ranks_share_the_node() {
        for (processors, ranks, expected) in [
            (whole(8), "1", (8, Rule::Affinity)),
            (whole(8), "2", (4, Rule::Share)),
            (whole(8), "3", (2, Rule::Share)),
            (whole(8), "8", (1, Rule::Share)),
            (whole(8), "100", (1, Rule::Share)),
            (whole(1), "3", (1, Rule::Affinity)),
            (whole(4000), "2", (PAREXACT_MAX_THREADS, Rule::Share)),
            // Bound to processors of its own: these are its share, or less.
            (bound(1, 8), "4", (1, Rule::Affinity)),
            (bound(2, 8), "4", (2, Rule::Affinity)),
            (bound(3, 8), "2", (3, Rule::Affinity)),
            // Bound to one of two sockets, which four of eight ranks have in common.
            (bound(32, 64), "8", (8, Rule::Share)),
            // The quota belongs to all ranks; it may exceed the node.
            (limited(4.0, whole(8)), "2", (2, Rule::Share)),
            (limited(2.5, whole(8)), "2", (1, Rule::Share)),
            (limited(0.5, whole(8)), "2", (1, Rule::Cgroup)),
            (limited(4.0, whole(8)), "1", (4, Rule::Cgroup)),
            (limited(16.0, whole(8)), "2", (4, Rule::Share)),
        ] {
            let found = decided(processors, &[("MPI_LOCALNRANKS", ranks)]);
            assert_eq!(found, expected, "{ranks} ranks, {processors:?}");
        }
    }

    #[test]
    fn of_share_and_allotment_the_less_counts() {
        for (allotted, expected) in [
            ("1", (1, Rule::Variable(ALLOTMENT, "1".into()))),
            ("2", (2, Rule::Share)),
            ("3", (2, Rule::Share)),
        ] {
            let set = [("OMPI_COMM_WORLD_LOCAL_SIZE", "2"), (ALLOTMENT, allotted)];
            assert_eq!(decided(whole(4), &set), expected);
        }
    }

    #[test]
    fn orders_are_not_divided() {
        for name in ORDERS {
            let set = [("MPI_LOCALNRANKS", "4"), (name, "6")];
            assert_eq!(
                decided(whole(4), &set),
                (6, Rule::Variable(name, "6".into()))
            );
        }
    }
}
