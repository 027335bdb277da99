#if SANITIZE_THREAD
  import Glibc
#else
  package import Synchronization
#endif

#if SANITIZE_THREAD
  /// State behind a lock, for builds under ThreadSanitizer, which cannot see the futex inside
  /// `Synchronization.Mutex` and would report races where there are none.
  ///
  /// Unchecked, for the compiler cannot see it either: `state` is only ever touched between
  /// `pthread_mutex_lock` and `pthread_mutex_unlock` of the one mutex, enters as a `sending` value and
  /// leaves only as one.
  package final class Locked<State>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var state: State

    /// A lock around an initial state.
    package init(_ initial: sending State) {
      state = initial
      mutex = .allocate(capacity: 1)
      mutex.initialize(to: pthread_mutex_t())
      let code = pthread_mutex_init(mutex, nil)
      precondition(code == 0, "no memory for a lock")
    }

    deinit {
      pthread_mutex_destroy(mutex)
      mutex.deinitialize(count: 1)
      mutex.deallocate()
    }

    /// Runs `body` alone with the state. Not reentrant; `body` must not wait for anything.
    package func withLock<Result, Failure: Error>(
      _ body: (inout sending State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      return try body(&state)
    }
  }
#else
  /// State behind a lock that any thread may take.
  package final class Locked<State>: Sendable {
    @usableFromInline let mutex: Mutex<State>

    /// A lock around an initial state.
    @inlinable
    package init(_ initial: sending State) { mutex = Mutex(initial) }

    /// Runs `body` alone with the state. Not reentrant; `body` must not wait for anything.
    ///
    /// Inlinable, so that other modules specialise it for their states: without that each use goes
    /// through generic code at several times the cost of the lock itself.
    @inlinable
    package func withLock<Result, Failure: Error>(
      _ body: (inout sending State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
      try mutex.withLock(body)
    }
  }
#endif
