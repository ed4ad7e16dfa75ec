//! Tests of process-wide state: each runs in a process of its own, the test binary started again.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const MARK: &str = "PAREXACT_TEST_CHILD";

/// Whether this process was started by [`run`].
pub fn is_child() -> bool {
    std::env::var_os(MARK).is_some()
}

/// Runs the test named `test` of this binary in a new process under the given variables, all others
/// that set thread counts being absent; fails unless it succeeds in time. Answers what it wrote to
/// the standard error stream.
pub fn run(test: &str, variables: &[(&str, &str)]) -> String {
    let binary = std::env::current_exe().expect("the test binary has a path");
    let mut command = Command::new(binary);
    command
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(MARK, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    for name in [
        "PAREXACT_NUM_THREADS",
        "RAYON_NUM_THREADS",
        "OMP_NUM_THREADS",
        "SLURM_CPUS_PER_TASK",
        "MPI_LOCALNRANKS",
        "OMPI_COMM_WORLD_LOCAL_SIZE",
        "MV2_COMM_WORLD_LOCAL_SIZE",
        "SLURM_STEP_TASKS_PER_NODE",
    ] {
        command.env_remove(name);
    }
    let mut child = command
        .envs(variables.iter().copied())
        .spawn()
        .expect("the test binary starts");
    let mut stream = child.stderr.take().expect("the stream is piped");
    // All the while: a child that fills the pipe would wait for its reader.
    let reader = std::thread::spawn(move || {
        let mut errors = Vec::new();
        let _ = stream.read_to_end(&mut errors);
        String::from_utf8_lossy(&errors).into_owned()
    });
    let ended = wait(&mut child);
    let errors = reader.join().expect("reading does not panic");
    assert!(ended, "{test} under {variables:?}: {errors}");
    errors
}

fn wait(child: &mut Child) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(120) {
        if let Some(status) = child.try_wait().expect("the child is ours") {
            return status.success();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}
