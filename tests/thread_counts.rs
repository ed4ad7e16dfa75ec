//! Which rule decides the number of threads, as seen through the C functions.

mod respawn;

use parexact::error::{PAREXACT_ERROR_INVALID_ARGUMENT, PAREXACT_OK};
use parexact::ffi::explain::parexact_explain;
use parexact::ffi::threads::*;
use parexact::parallel::threads::PAREXACT_MAX_THREADS;

fn explanation() -> String {
    let mut buffer = vec![0u8; 1 << 16];
    let mut needed = 0;
    // SAFETY: the buffer has the capacity passed, and `needed` is live.
    let status = unsafe { parexact_explain(buffer.as_mut_ptr().cast(), buffer.len(), &mut needed) };
    assert_eq!(status, PAREXACT_OK);
    buffer.truncate(needed - 1);
    String::from_utf8(buffer).expect("the description is ASCII")
}

/// The child's part: the count, rule and value it should find.
fn expect(count: usize, rule: &str, value: &str) {
    assert_eq!(parexact_get_num_threads_local(), count);
    let part = format!(r#""threads":{{"count":{count},"rule":"{rule}","value":"{value}""#);
    let text = explanation();
    assert!(text.contains(&part), "{part} is not in {text}");
}

#[test]
fn environment_in_order() {
    if respawn::is_child() {
        let wanted = std::env::var("WANTED").expect("set by the parent");
        let mut fields = wanted.split('|');
        let mut next = || fields.next().expect("three fields");
        expect(next().parse().expect("a number"), next(), next());
        return;
    }
    type Case = (&'static [(&'static str, &'static str)], &'static str);
    const SLURM: (&str, &str) = ("SLURM_CPUS_PER_TASK", "3");
    const OMP: (&str, &str) = ("OMP_NUM_THREADS", "4,2");
    const RAYON: (&str, &str) = ("RAYON_NUM_THREADS", "5");
    const OWN: (&str, &str) = ("PAREXACT_NUM_THREADS", "6");
    let cases: [Case; 6] = [
        (&[SLURM, OMP, RAYON, OWN], "6|PAREXACT_NUM_THREADS|6"),
        (&[SLURM, OMP, RAYON], "5|RAYON_NUM_THREADS|5"),
        (&[SLURM, OMP], "4|OMP_NUM_THREADS|4,2"),
        (
            &[OMP, ("PAREXACT_NUM_THREADS", "0")],
            "4|OMP_NUM_THREADS|4,2",
        ),
        (
            &[OMP, ("RAYON_NUM_THREADS", "many")],
            "4|OMP_NUM_THREADS|4,2",
        ),
        (
            &[("PAREXACT_NUM_THREADS", "70000")],
            "1024|PAREXACT_NUM_THREADS|70000",
        ),
    ];
    for (variables, wanted) in cases {
        let variables = [variables, &[("WANTED", wanted)]].concat();
        respawn::run("environment_in_order", &variables);
    }
}

/// Lets this process run on one processor only, as a launcher that binds its ranks does.
fn bind_to_one_processor() {
    // SAFETY: the set is plain bits, live, and as large as said.
    unsafe {
        let mut one: libc::cpu_set_t = std::mem::zeroed();
        let current = libc::sched_getcpu();
        libc::CPU_SET(usize::try_from(current).expect("known on Linux"), &mut one);
        assert_eq!(libc::sched_setaffinity(0, size_of_val(&one), &one), 0);
    }
}

#[test]
fn processors_without_environment() {
    if respawn::is_child() {
        bind_to_one_processor();
        expect(1, "affinity", "1");
        let text = explanation();
        assert!(text.contains(r#""affinity":1,"#), "{text}");
        assert!(text.contains(r#""slurm_cpus_per_task":null,"#), "{text}");
        return;
    }
    respawn::run("processors_without_environment", &[]);
}

/// SLURM's variable describes the job. A step that is bound to less must not start more threads on its
/// account.
#[test]
fn what_a_launcher_allotted_does_not_raise_the_count() {
    if respawn::is_child() {
        bind_to_one_processor();
        expect(1, "affinity", "1");
        let text = explanation();
        assert!(text.contains(r#""slurm_cpus_per_task":3,"#), "{text}");
        return;
    }
    let invalid = ("OMP_NUM_THREADS", "-1");
    let variables = [("SLURM_CPUS_PER_TASK", "3"), invalid];
    respawn::run(
        "what_a_launcher_allotted_does_not_raise_the_count",
        &variables,
    );
}

/// An order of the user's does, even on one processor.
#[test]
fn orders_raise_the_count() {
    if respawn::is_child() {
        bind_to_one_processor();
        expect(4, "OMP_NUM_THREADS", "4");
        return;
    }
    let variables = [("SLURM_CPUS_PER_TASK", "3"), ("OMP_NUM_THREADS", "4")];
    respawn::run("orders_raise_the_count", &variables);
}

/// Where it is less than what the process may use, it decides.
#[test]
fn what_a_launcher_allotted_lowers_the_count() {
    if respawn::is_child() {
        assert_eq!(parexact_get_num_threads(), 1);
        let text = explanation();
        let alone = !text.contains(r#""affinity":1,"#) && text.contains(r#""cgroup_quota":null"#);
        let rule = r#""rule":"SLURM_CPUS_PER_TASK","value":"1""#;
        assert!(!alone || text.contains(rule), "{text}");
        return;
    }
    respawn::run(
        "what_a_launcher_allotted_lowers_the_count",
        &[("SLURM_CPUS_PER_TASK", "1")],
    );
}

/// A rank that is bound to less than its share of the node uses just that.
#[test]
fn a_bound_rank_is_not_divided() {
    if respawn::is_child() {
        bind_to_one_processor();
        expect(1, "affinity", "1");
        let text = explanation();
        let told = r#""ranks_on_node":2,"ranks_variable":"OMPI_COMM_WORLD_LOCAL_SIZE""#;
        assert!(text.contains(told), "{text}");
        return;
    }
    let variables = [("OMPI_COMM_WORLD_LOCAL_SIZE", "2")];
    respawn::run("a_bound_rank_is_not_divided", &variables);
}

/// So many ranks that each has one processor, whatever the machine has.
#[test]
fn ranks_that_are_not_bound_share_the_node() {
    if respawn::is_child() {
        assert_eq!(parexact_get_num_threads(), 1);
        let text = explanation();
        let told = r#""ranks_on_node":4096,"ranks_variable":"MPI_LOCALNRANKS""#;
        assert!(text.contains(told), "{text}");
        // On one processor there is nothing to share.
        let rule = r#""rule":"share of the node","value":"4096""#;
        let alone = text.contains(r#""affinity":1,"#) || text.contains(r#""rule":"cgroup quota""#);
        assert!(alone || text.contains(rule), "{text}");
        return;
    }
    let variables = [("MPI_LOCALNRANKS", "4096")];
    respawn::run("ranks_that_are_not_bound_share_the_node", &variables);
}

/// A batch script has the variables of its job, but is one process.
#[test]
fn a_batch_script_has_the_node_for_itself() {
    if respawn::is_child() {
        let text = explanation();
        let told = r#""ranks_on_node":null,"ranks_variable":null"#;
        assert!(text.contains(told), "{text}");
        assert!(!text.contains("share of the node"), "{text}");
        return;
    }
    let variables = [
        ("SLURM_TASKS_PER_NODE", "4096"),
        ("SLURM_NODEID", "0"),
        ("SLURM_PROCID", "0"),
    ];
    respawn::run("a_batch_script_has_the_node_for_itself", &variables);
}

#[test]
fn settings_above_environment() {
    if respawn::is_child() {
        expect(2, "PAREXACT_NUM_THREADS", "2");
        // SAFETY: nobody else in this process uses the environment now.
        unsafe { std::env::set_var("PAREXACT_NUM_THREADS", "9") };
        assert_eq!(
            parexact_get_num_threads(),
            2,
            "the environment is read once"
        );

        assert_eq!(parexact_set_num_threads(7), PAREXACT_OK);
        expect(7, "parexact_set_num_threads", "7");
        assert_eq!(parexact_set_num_threads_local(3), 0);
        expect(3, "parexact_set_num_threads_local", "3");
        assert_eq!(parexact_get_num_threads(), 7);
        let elsewhere = std::thread::spawn(|| parexact_get_num_threads_local()).join();
        assert_eq!(elsewhere.ok(), Some(7));

        let status = parexact_set_num_threads(PAREXACT_MAX_THREADS + 1);
        assert_eq!(status, PAREXACT_ERROR_INVALID_ARGUMENT);
        assert_eq!(parexact_get_num_threads(), 7);
        assert_eq!(parexact_set_num_threads_local(usize::MAX), 3);
        assert_eq!(parexact_set_num_threads_local(0), PAREXACT_MAX_THREADS);
        assert_eq!(parexact_get_num_threads_local(), 7);
        assert_eq!(parexact_set_num_threads(0), PAREXACT_OK);
        expect(2, "PAREXACT_NUM_THREADS", "2");
        return;
    }
    respawn::run(
        "settings_above_environment",
        &[("PAREXACT_NUM_THREADS", "2")],
    );
}

/// A path that does not exist is passed over; the description says what was asked for.
#[test]
fn simd_path_asked_for_in_vain() {
    if respawn::is_child() {
        let text = explanation();
        assert!(text.contains(r#","requested":"neon","#), "{text}");
        assert!(!text.contains(r#""path":"neon""#), "{text}");
        return;
    }
    respawn::run("simd_path_asked_for_in_vain", &[("PAREXACT_SIMD", "neon")]);
}
