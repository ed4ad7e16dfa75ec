//! Nothing is printed: panics inside the library become statuses; those of the host are its own.

mod respawn;

use parexact::error::{PAREXACT_ERROR_INTERNAL, PAREXACT_OK};
use parexact::ffi::guard::guard;
use parexact::parallel::{fold_chunks, threads::set_local};

#[test]
fn panics_inside_are_silent_and_outside_are_printed() {
    if respawn::is_child() {
        set_local(3);
        assert_eq!(guard(|| Ok(())), PAREXACT_OK);
        assert_eq!(guard(|| panic!("on the caller")), PAREXACT_ERROR_INTERNAL);
        let caller = std::thread::current().id();
        let status = guard(|| {
            fold_chunks(
                // Without end, but for the panic.
                1 << 50,
                1,
                || (),
                |(), _| match std::thread::current().id() == caller {
                    true => Ok(()),
                    false => panic!("on a worker"),
                },
                |(), ()| (),
            )
        });
        assert_eq!(status, PAREXACT_ERROR_INTERNAL);
        let host = std::thread::spawn(|| panic!("by the host")).join();
        assert!(host.is_err());
        return;
    }
    let printed = respawn::run("panics_inside_are_silent_and_outside_are_printed", &[]);
    assert!(!printed.contains("on the caller"), "{printed}");
    assert!(!printed.contains("on a worker"), "{printed}");
    assert!(printed.contains("by the host"), "{printed}");
}

/// The tests' own tool: a child that says more than a pipe holds is not stuck.
#[test]
fn much_on_the_error_stream() {
    const LINES: usize = 5000;
    if respawn::is_child() {
        for _ in 0..LINES {
            eprintln!("{:0100}", 0);
        }
        return;
    }
    let printed = respawn::run("much_on_the_error_stream", &[]);
    assert!(printed.len() > 100 * LINES);
}
