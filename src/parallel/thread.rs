//! Threads that are made by pthread_create.
//!
//! Threads of Rust's standard library would not do. In a Rust program, a new one takes a lock of the standard
//! library while it starts (for messages about stack overflow): a child that another thread forks at that
//! moment could never start a thread. And it ends the process if memory for its signal stack is refused.

use std::ffi::{CStr, c_void};
use std::io;
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::cancellation;
use super::race_detector;
use super::thread_end::ThreadEnd;

/// A running thread; dropping the handle lets it go its own way.
pub struct Handle(Option<libc::pthread_t>);

/// What the thread runs.
type Main = Box<dyn FnOnce() + Send>;

/// Starts a thread of that name (at most 15 bytes count) with a stack of `stack` bytes, a multiple of
/// the page size, on top of what the C library needs there.
pub fn spawn(
    name: &CStr,
    stack: usize,
    main: impl FnOnce() + Send + 'static,
) -> io::Result<Handle> {
    // A box in a box: C hands over a single word, and a box of a closure has two.
    let argument: *mut Main = Box::into_raw(Box::new(Box::new(main)));
    let mut attributes = MaybeUninit::<libc::pthread_attr_t>::uninit();
    let mut thread = MaybeUninit::<libc::pthread_t>::uninit();
    // SAFETY: the attributes are initialised before their use and destroyed after it; `start` takes
    // the argument over if, and only if, the thread exists.
    let status = unsafe {
        match libc::pthread_attr_init(attributes.as_mut_ptr()) {
            0 => {
                // A size the system does not like leaves the default one.
                let stack = stack + minimum_stack(attributes.as_ptr());
                libc::pthread_attr_setstacksize(attributes.as_mut_ptr(), stack);
                let status = libc::pthread_create(
                    thread.as_mut_ptr(),
                    attributes.as_ptr(),
                    start,
                    argument.cast(),
                );
                libc::pthread_attr_destroy(attributes.as_mut_ptr());
                status
            }
            status => status,
        }
    };
    if status != 0 {
        // SAFETY: no thread has taken the argument over, which came from a box.
        drop(unsafe { Box::from_raw(argument) });
        return Err(io::Error::from_raw_os_error(status));
    }
    // SAFETY: the successful call has written it.
    let thread = unsafe { thread.assume_init() };
    #[cfg(target_os = "linux")]
    // SAFETY: the thread is neither joined nor detached, so its identifier is valid.
    unsafe {
        libc::pthread_setname_np(thread, name.as_ptr());
    }
    Ok(Handle(Some(thread)))
}

/// Bytes that glibc takes of every stack. It keeps the thread-local variables of the program there, which in
/// programs with OpenMP (threadprivate arrays) may be many megabytes.
fn minimum_stack(attributes: *const libc::pthread_attr_t) -> usize {
    type Minimum = unsafe extern "C" fn(*const libc::pthread_attr_t) -> usize;
    // SAFETY: the name is a string. What glibc has under it, unchanged since 2.15 for the sake of Rust's
    // and Java's libraries, is such a function.
    let size = unsafe {
        let symbol = libc::dlsym(libc::RTLD_DEFAULT, c"__pthread_get_minstack".as_ptr());
        std::mem::transmute::<*mut c_void, Option<Minimum>>(symbol)
            .map_or(0, |minimum| minimum(attributes))
    };
    // Stacks are whole numbers of pages, which have at most 64 KiB.
    size.next_multiple_of(64 << 10)
}

/// The function of the new thread as the C library knows it.
extern "C" fn start(argument: *mut c_void) -> *mut c_void {
    hide_from_race_detector();
    // Cancellation is held off until the thread ends: a callback might have its own thread cancelled.
    std::mem::forget(cancellation::HeldOff::begin());
    // SAFETY: `spawn` has made the argument from such a box, for this thread alone.
    let main = unsafe { Box::from_raw(argument.cast::<Main>()) };
    // Nothing may unwind into the C library; nobody asks how a worker ended.
    let _ = catch_unwind(AssertUnwindSafe(main));
    std::ptr::null_mut()
}

/// The destructors of Rust's thread-local variables are the library's as well. They come before those of
/// thread-specific data, by which the detector demands to be told that it may look again.
fn hide_from_race_detector() {
    static END: ThreadEnd = ThreadEnd::new(thread_ends);
    unsafe extern "C" fn thread_ends(_round: *mut c_void) {
        race_detector::look();
    }
    if race_detector::is_there() && END.watch() {
        race_detector::look_away();
    }
}

impl Handle {
    /// Waits for the end of the thread.
    pub fn join(mut self) {
        if let Some(thread) = self.0.take() {
            // SAFETY: the thread has been neither joined nor detached so far, as the handle still had it.
            unsafe { libc::pthread_join(thread, std::ptr::null_mut()) };
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            // SAFETY: the thread has been neither joined nor detached so far, as the handle still had it.
            unsafe { libc::pthread_detach(thread) };
        }
    }
}
