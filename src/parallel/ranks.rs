//! How many ranks of a parallel program share this node, as their launcher says in environment variables.
//!
//! Programs that a rank starts inherit its variables, and so its share of the node.
//!
//! Sources: Open MPI's documentation, "Environment variables set for MPI applications"; MPICH's Hydra, whose
//! proxy counts all the processes that it starts on its node, those of other programs of the same call
//! included; the user guide of MVAPICH2; srun(1), "Output environment variables". PMI and PMIx have no
//! variable for the number: PMIx answers it by a call (`PMIX_LOCAL_SIZE`), which needs its library.

/// Variables whose value is the number of ranks on this node.
const COUNTS: [&str; 3] = [
    // Hydra, the launcher of MPICH, of Intel MPI and of MVAPICH.
    "MPI_LOCALNRANKS",
    "OMPI_COMM_WORLD_LOCAL_SIZE",
    // MVAPICH2 under mpirun_rsh.
    "MV2_COMM_WORLD_LOCAL_SIZE",
];

/// SLURM's variable for the tasks of a step on each of its nodes, which only `srun` sets.
/// SLURM_TASKS_PER_NODE is not read: a batch script, one process, has it too, and there it means the tasks
/// that the job may start.
const STEP_TASKS: &str = "SLURM_STEP_TASKS_PER_NODE";

/// Which of the nodes of its step a task is on, counted from 0.
const STEP_NODE: &str = "SLURM_NODEID";

/// The ranks on this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranks {
    /// How many they are, this process included: 1 or more.
    pub count: usize,
    /// The environment variable that says so.
    pub variable: &'static str,
}

/// The ranks that share this node, if a launcher says so. Of several launchers, one started by the other, the
/// largest number counts. `mpiexec` in a job of SLURM starts its helpers as a step of one task a node, and
/// their ranks inherit that step's variables. Tasks of a step that each run `mpiexec -n 1` share the node all
/// the same.
pub fn on_this_node(variable: impl Fn(&str) -> Option<String>) -> Option<Ranks> {
    let counted = COUNTS.map(|name| {
        Some(Ranks {
            count: positive(&variable(name)?)?,
            variable: name,
        })
    });
    let step = || {
        let node = variable(STEP_NODE)?.trim().parse().ok()?;
        Some(Ranks {
            count: tasks_on(node, &variable(STEP_TASKS)?)?,
            variable: STEP_TASKS,
        })
    };
    // Of equal ones max_by_key answers the last, which is the variable of a launcher other than srun.
    [step()]
        .into_iter()
        .chain(counted)
        .flatten()
        .max_by_key(|ranks| ranks.count)
}

/// A positive decimal number that fits into a `usize`; anything else counts as not set.
fn positive(value: &str) -> Option<usize> {
    let digits = value.trim();
    let count = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())??;
    (count > 0).then_some(count)
}

/// How many tasks SLURM's list has on the node of that number: "2(x3),1" means 2 on each of three nodes and 1
/// on the fourth.
fn tasks_on(node: usize, list: &str) -> Option<usize> {
    let mut first = 0_usize;
    let mut found = None;
    // The whole list is read, since one with a damaged item is not believed.
    for item in list.split(',') {
        let (tasks, nodes) = match item.split_once("(x") {
            Some((tasks, rest)) => (
                positive(tasks)?,
                positive(rest.trim_end().strip_suffix(')')?)?,
            ),
            None => (positive(item)?, 1),
        };
        let next = first.checked_add(nodes)?;
        if (first..next).contains(&node) {
            found = Some(tasks);
        }
        first = next;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(set: &[(&str, &str)]) -> Option<(usize, &'static str)> {
        let find = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        on_this_node(find).map(|ranks| (ranks.count, ranks.variable))
    }

    #[test]
    fn each_launcher_is_understood() {
        for name in COUNTS {
            assert_eq!(told(&[(name, "4")]), Some((4, name)));
            assert_eq!(told(&[(name, " 4\n")]), Some((4, name)));
        }
        let step = [("SLURM_STEP_TASKS_PER_NODE", "3"), ("SLURM_NODEID", "0")];
        assert_eq!(told(&step), Some((3, STEP_TASKS)));
        assert_eq!(told(&[]), None);
    }

    #[test]
    fn what_is_no_positive_number_is_not_believed() {
        for value in [
            "",
            "0",
            "-1",
            "+2",
            "x",
            "2x",
            "2.0",
            "1e3",
            "2 3",
            "99999999999999999999",
        ] {
            for name in COUNTS {
                assert_eq!(told(&[(name, value)]), None, "{name}={value:?}");
            }
            let step = [(STEP_TASKS, value), (STEP_NODE, "0")];
            assert_eq!(told(&step), None, "{STEP_TASKS}={value:?}");
        }
    }

    #[test]
    fn tasks_of_this_node_in_the_list_of_a_step() {
        for (list, node, expected) in [
            ("4", "0", Some(4)),
            ("2(x3),1", "0", Some(2)),
            ("2(x3),1", "2", Some(2)),
            ("2(x3),1", "3", Some(1)),
            ("2(x3),1", "4", None),
            ("1,3(x2),5", "2", Some(3)),
            ("1,3(x2),5", "3", Some(5)),
            ("8(x1000000)", "999999", Some(8)),
            ("2(x3),1", "-1", None),
            ("2(x3),1", "", None),
            ("2(x3", "0", None),
            ("2(x0)", "0", None),
            ("2(3)", "0", None),
            ("2,", "0", None),
            ("2,x", "0", None),
            ("2(x18446744073709551615),2(x2)", "0", None),
        ] {
            let step = [(STEP_TASKS, list), (STEP_NODE, node)];
            let found = told(&step).map(|(count, _)| count);
            assert_eq!(found, expected, "{list:?}, node {node}");
        }
        assert_eq!(told(&[(STEP_TASKS, "4")]), None, "which node is this?");
    }

    #[test]
    fn the_process_of_a_batch_script_is_no_rank() {
        let batch = [
            ("SLURM_TASKS_PER_NODE", "4"),
            ("SLURM_NTASKS", "4"),
            ("SLURM_NODEID", "0"),
            ("SLURM_PROCID", "0"),
            ("SLURM_LOCALID", "0"),
        ];
        assert_eq!(told(&batch), None);
    }

    #[test]
    fn of_several_launchers_the_largest_number_counts() {
        let hydra = "MPI_LOCALNRANKS";
        for (ranks, tasks, expected) in [
            ("4", "1", (4, hydra)),
            ("1", "4", (4, STEP_TASKS)),
            ("4", "4", (4, hydra)),
            ("x", "4", (4, STEP_TASKS)),
            ("4", "x", (4, hydra)),
        ] {
            let set = [(hydra, ranks), (STEP_TASKS, tasks), (STEP_NODE, "0")];
            assert_eq!(told(&set), Some(expected), "{ranks} ranks, {tasks} tasks");
        }
    }
}
