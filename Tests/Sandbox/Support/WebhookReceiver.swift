import Hummingbird
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
import TestSupport

@testable import Sandbox

/// Stands in for the gateway: keeps what it is sent, and answers what it was told to.
final class WebhookReceiver: Sendable {
    struct Letter: Sendable {
        var body: [UInt8]
        var signature: String
        var answered: Int

        var json: JSONValue? { try? StripeJSON.value(from: body) }
        var id: String? { field("id") }
        var type: String? { field("type") }

        private func field(_ name: String) -> String? {
            if case .object(let fields)? = json, case .string(let text)? = fields[name] { text } else { nil }
        }
    }

    private struct State {
        var letters: [Letter] = []
        var refusals: [Int]
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state: NIOLockedValueBox<State>

    /// - Parameter refusals: the statuses of the first answers; the rest are 200.
    init(refusals: [Int] = []) {
        state = NIOLockedValueBox(State(refusals: refusals))
    }

    var letters: [Letter] { state.withLockedValue { $0.letters } }

    /// Runs the receiver; the body is given its address.
    func run<Value: Sendable>(_ body: (String) async throws -> Value) async throws -> Value {
        let port = try FreePort.find()
        let router = Router()
        router.post("/api/v1/webhooks/stripe") { request, _ -> HTTPResponse.Status in
            let bytes = try await request.body.collect(upTo: 1 << 20)
            let signature = request.headers[.init("Stripe-Signature") ?? .authorization] ?? ""
            return .init(code: self.take(Array(bytes.readableBytesView), signature))
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port))
        )
        var logger = application.logger
        logger.logLevel = .warning
        let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
        let life = Task { try await group.run() }
        while !FreePort.accepts(port) { await Task.yield() }
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body("http://127.0.0.1:\(port)")) } catch { outcome = .failure(error) }
        await group.triggerGracefulShutdown()
        _ = try? await life.value
        return try outcome.get()
    }

    private func take(_ body: [UInt8], _ signature: String) -> Int {
        let (status, ready) = state.withLockedValue { state in
            let status = state.refusals.isEmpty ? 200 : state.refusals.removeFirst()
            state.letters.append(Letter(body: body, signature: signature, answered: status))
            let count = state.letters.count
            let ready = state.waiters.filter { $0.count <= count }.map(\.continuation)
            state.waiters.removeAll { $0.count <= count }
            return (status, ready)
        }
        for waiter in ready { waiter.resume() }
        return status
    }

    /// Until so many letters have come in all.
    func arrived(_ count: Int) async -> [Letter] {
        await withCheckedContinuation { continuation in
            let isThere = state.withLockedValue { state in
                if state.letters.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
        return letters
    }
}
