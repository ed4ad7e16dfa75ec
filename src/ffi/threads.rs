//! Thread counts.

use super::guard::{guard, guard_value};
use crate::error::Status;
use crate::parallel::threads;

/// Sets how many threads a call may use, for the whole process; the calling thread is one of them.
///
/// `n`: 1 to PAREXACT_MAX_THREADS, or 0 to return to the default, which is the first of these that
/// is a positive number: the environment variables PAREXACT_NUM_THREADS, RAYON_NUM_THREADS and
/// OMP_NUM_THREADS (its first item). Else it is the least of these: the processors in the affinity mask, the
/// quota of the control group, SLURM_CPUS_PER_TASK, which says what a job has and so never raises the number,
/// and this process's share of the node if it is a rank of a parallel program: the processors of the cpuset
/// (without one, those online), or the quota if that is less, divided by the ranks on this node and rounded
/// down, but at least 1. Their number is the largest among MPI_LOCALNRANKS (MPICH, Intel MPI),
/// OMPI_COMM_WORLD_LOCAL_SIZE (Open MPI), MV2_COMM_WORLD_LOCAL_SIZE (MVAPICH2) and SLURM_STEP_TASKS_PER_NODE
/// for the node of SLURM_NODEID (srun); a program that a rank starts inherits them, and so its share. The
/// environment is read once, on first use.
///
/// Results never depend on the number of threads. Calls that are running keep theirs; pools made by
/// parexact_pool_new keep their size. No thread is started before a call needs it. Calls use fewer threads if
/// the system refuses more, if a limit of the address space (`ulimit -v`) has no room for them (2 MiB of
/// stack and, with glibc, 64 MiB of reserve for each, of which only touched pages become memory; half of what
/// is left stays with the program), and where more would be of no use: beyond 64, or four for each processor
/// if that is more.
///
/// Errors: INVALID_ARGUMENT for more than PAREXACT_MAX_THREADS; the count is then unchanged.
/// Thread safety: any thread may call it at any time.
#[unsafe(no_mangle)]
pub extern "C" fn parexact_set_num_threads(n: usize) -> Status {
    guard(|| threads::set_for_process(n))
}

/// The number of threads in force for the whole process: what parexact_set_num_threads has set,
/// else the default. Always 1 or more.
///
/// The first call may read a few small files of the system; later ones take nanoseconds.
/// Thread safety: any thread may call it at any time.
#[unsafe(no_mangle)]
pub extern "C" fn parexact_get_num_threads() -> usize {
    guard_value(|| Ok(threads::for_process()))
}

/// Sets how many threads the calls from the calling thread may use, whatever the process-wide
/// number is. Returns the previous setting, so that a caller can put it back; 0 means none.
///
/// `n`: 0 for no setting of its own; beyond PAREXACT_MAX_THREADS it counts as that number. Other threads are
/// not affected. What a callback sets is in force until the callback returns. It cannot fail.
#[unsafe(no_mangle)]
pub extern "C" fn parexact_set_num_threads_local(n: usize) -> usize {
    guard_value(|| Ok(threads::set_local(n)))
}

/// The number of threads that a call from the calling thread would use: its own setting, else the
/// process-wide number. Inside a callback that runs on a worker of this library the answer is 1,
/// since calls from there run on that worker alone.
///
/// Always 1 or more. Thread safety: any thread may call it at any time.
#[unsafe(no_mangle)]
pub extern "C" fn parexact_get_num_threads_local() -> usize {
    guard_value(|| Ok(threads::for_call()))
}
