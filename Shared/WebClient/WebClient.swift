public import EventLoop
public import Logging

/// HTTP over libcurl: any number of requests at once on one event loop, connections kept and shared.
///
/// A guarded request (the default) goes to the public internet only: the name is resolved once, refused if any of its
/// addresses is not public, pinned, and the address of each socket is checked again when it is opened (spec 10). Its
/// connections are its own: none that was opened without the guard is ever reused for it.
public final class WebClient: Sendable {
    let configuration: WebClientConfiguration
    let logger: Logger
    let open: CurlSession
    let guarded: CurlSession

    /// A client whose sockets and time-outs `loop` carries.
    public init(configuration: WebClientConfiguration = .init(), loop: EventLoop, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        self.open = CurlSession(loop: loop)
        self.guarded = CurlSession(loop: loop)
    }

    /// Sends `request` and gives the answer, whatever its status. Cancelling the task ends the transfer at once.
    public func send(_ request: WebRequest) async throws(WebError) -> WebResponse {
        var attempts = 1
        if case .idempotent(let most) = request.retry { attempts = max(most, 1) }
        var delay = RetryDelay()
        var mayHaveHappened = false
        while true {
            attempts -= 1
            let pause: Duration
            do throws(WebError) {
                let response = try await follow(request)
                guard attempts > 0, request.isIdempotent, let wait = delay.next(after: response) else {
                    return response
                }
                pause = wait
            } catch {
                guard attempts > 0, error.isPassing, request.isIdempotent || !error.isOutcomeUnknown else {
                    throw error
                }
                mayHaveHappened = mayHaveHappened || error.isOutcomeUnknown
                pause = delay.next()
            }
            do { try await Task.sleep(for: pause) } catch { throw .cancelled(sent: mayHaveHappened) }
        }
    }
}
