import CLinux
import Glibc
import NIOConcurrencyHelpers
import Synchronization

/// One thread with one `epoll`: it runs the jobs of the actors pinned to it and calls back when a socket is ready.
///
/// C clients (libpq, hiredis, libcurl) must be called from one thread at a time and want to be told when their socket
/// is ready. An actor whose executor is an `EventLoop` gets both: its methods and its readiness callbacks run on the
/// same thread, so the handle it owns needs no lock. Nothing that runs here may block.
public final class EventLoop: SerialExecutor {
    /// What a registered socket waits for.
    public struct Interest: OptionSet, Sendable {
        /// The bits of `epoll_ctl(2)`.
        public let rawValue: UInt32

        /// Wraps the bits of `epoll_ctl(2)`.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// There are bytes to read, or the other side has closed.
        public static let read = Interest(rawValue: EPOLLIN.rawValue)

        /// There is room to write.
        public static let write = Interest(rawValue: EPOLLOUT.rawValue)
    }

    /// Called on the loop's thread with what the socket is ready for.
    public typealias Callback = (Interest) -> Void

    /// What other threads hand to the loop.
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var stopping = false
        var running = true
    }

    /// State that only the loop's own thread touches.
    private struct Registrations {
        var callbacks: [Int32: Callback] = [:]
        var timers = Timers()
    }

    private let name: String
    private let epoll: Int32
    private let wakeup: Int32
    private let inbox = NIOLockedValueBox(Inbox())
    private let thread = Atomic<UInt>(0)
    private nonisolated(unsafe) var registrations = Registrations()

    /// Starts the thread. It lives until ``stop()``.
    /// - Parameter name: the thread's name in `top -H` and in a debugger; the kernel keeps 15 bytes of it.
    public init(name: String) {
        self.name = name
        self.epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        self.wakeup = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        precondition(epoll >= 0 && wakeup >= 0, "no file descriptors left for an event loop")
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data(fd: wakeup))
        epoll_ctl(epoll, EPOLL_CTL_ADD, wakeup, &event)
        startThread()
    }

    deinit {
        close(wakeup)
        close(epoll)
    }

    /// Ends the thread once its queue is empty; what is still watched is forgotten.
    ///
    /// A job that comes later (the `isolated deinit` of an actor, say) starts the thread again for as long as it takes.
    public func stop() {
        inbox.withLockedValue { $0.stopping = true }
        wake()
    }

    // MARK: SerialExecutor

    /// Takes a job from the concurrency runtime. Callable from any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (wasEmpty, wasRunning) = inbox.withLockedValue { inbox in
            defer {
                inbox.jobs.append(job)
                inbox.running = true
            }
            return (inbox.jobs.isEmpty, inbox.running)
        }
        // A job enqueued by the loop's own thread is picked up before it sleeps again.
        if !wasRunning {
            startThread()
        } else if wasEmpty, !isCurrent {
            wake()
        }
    }

    /// Traps unless called on the loop's own thread; makes `assumeIsolated` work.
    public func checkIsolated() {
        precondition(isCurrent, "not on the event loop's thread")
    }

    private var isCurrent: Bool { thread.load(ordering: .acquiring) == UInt(pthread_self()) }

    // MARK: Readiness and timers, on the loop's thread only

    /// Watches `descriptor`; replaces what was watched before. An empty interest forgets it.
    public func watch(_ descriptor: Int32, for interest: Interest, callback: @escaping Callback) {
        checkIsolated()
        guard !interest.isEmpty else { return unwatch(descriptor) }
        registrations.callbacks[descriptor] = callback
        var event = epoll_event(events: interest.rawValue, data: epoll_data(fd: descriptor))
        // The kernel forgets a descriptor when it is closed: whether this number is known is the kernel's to say.
        if epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) != 0, errno == ENOENT {
            epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
        }
    }

    /// Forgets `descriptor` at once, so that it may be closed right after.
    public func unwatch(_ descriptor: Int32) {
        checkIsolated()
        guard registrations.callbacks.removeValue(forKey: descriptor) != nil else { return }
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Calls `body` once after `delay`; returns what cancels it.
    @discardableResult
    public func schedule(after delay: Duration, _ body: @escaping () -> Void) -> Int {
        checkIsolated()
        return registrations.timers.add(at: .now + delay, body)
    }

    /// Forgets a timer that ``schedule(after:_:)`` returned. One that has fired already is no error.
    public func cancelTimer(_ timer: Int) {
        checkIsolated()
        registrations.timers.cancel(timer)
    }

    // MARK: The thread

    private func startThread() {
        var handle = pthread_t()
        let code = pthread_create(
            &handle,
            nil,
            { raw in
                guard let raw else { return nil }
                let loop = Unmanaged<EventLoop>.fromOpaque(raw).takeRetainedValue()
                pthread_setname_np(pthread_self(), String(loop.name.utf8.prefix(15)) ?? "event-loop")
                loop.thread.store(UInt(pthread_self()), ordering: .releasing)
                loop.run()
                return nil
            },
            Unmanaged.passRetained(self).toOpaque()
        )
        precondition(code == 0, "no thread for an event loop: \(code)")
        pthread_detach(handle)
    }

    private func run() {
        let executor = asUnownedSerialExecutor()
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        var jobs: [UnownedJob] = []
        while true {
            let ended = inbox.withLockedValue { inbox in
                swap(&jobs, &inbox.jobs)
                if jobs.isEmpty, inbox.stopping { inbox.running = false }
                return !inbox.running
            }
            if ended {
                registrations = Registrations()
                return
            }
            for job in jobs { job.runSynchronously(on: executor) }
            jobs.removeAll(keepingCapacity: true)
            fireTimers()
            let count = epoll_wait(epoll, &events, Int32(events.count), pollTimeout())
            // EINTR is a signal that the process handles elsewhere; anything else is a bug of this file.
            precondition(count >= 0 || errno == EINTR, "epoll_wait failed: \(errno)")
            for event in events.prefix(Int(max(count, 0))) { dispatch(event) }
        }
    }

    private func fireTimers() {
        guard registrations.timers.nextDeadline != nil else { return }
        let now = ContinuousClock.now
        // One at a time: a body may cancel the next.
        while let body = registrations.timers.popDue(at: now) { body() }
    }

    private func dispatch(_ event: epoll_event) {
        if event.data.fd == wakeup {
            var value: UInt64 = 0
            read(wakeup, &value, 8)
        } else if let callback = registrations.callbacks[event.data.fd] {
            // An error or a hang-up is reported as readiness: the client finds out by reading.
            let failed = event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
            callback(failed ? [.read, .write] : Interest(rawValue: event.events))
        }
    }

    /// Milliseconds until the next timer; 0 when jobs are waiting, -1 when there is nothing to wait for.
    private func pollTimeout() -> Int32 {
        if inbox.withLockedValue({ !$0.jobs.isEmpty || $0.stopping }) { return 0 }
        guard let next = registrations.timers.nextDeadline else { return -1 }
        let wait = ContinuousClock.now.duration(to: next)
        return wait <= .zero ? 0 : Int32(min(wait / .milliseconds(1), 60_000)) + 1
    }

    private func wake() {
        var one: UInt64 = 1
        write(wakeup, &one, 8)
    }
}
