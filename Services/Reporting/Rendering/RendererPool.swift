import DequeModule
import DomainModel
import FileStore
import Foundation
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
import Subprocess

/// Warm renderer processes, one a core. A document waits until one is free; a renderer that has crashed, was killed, did not
/// answer in time or has served enough is replaced by a new one.
///
/// Nothing here blocks a thread: pipes are read and written by swift-subprocess' own poller.
final class RendererPool: Service {
    /// How the processes are started.
    struct Configuration: Sendable {
        /// Of the environment that the requirements are installed in.
        var python: String
        /// `Services/Reporting/Renderer`
        var program: String
        /// How many there are.
        var count: Int
        /// After which a renderer that says nothing is killed: its own wall limit, and ten seconds.
        var patience: Duration = .seconds(40)
        /// For a start: WeasyPrint is imported, the fonts' index read.
        var startPatience: Duration = .seconds(60)
    }

    private let configuration: Configuration
    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    /// A document that is asked for.
    private final class Order: Sendable {
        let id: String
        let frame: [UInt8]
        private let answer: NIOLockedValueBox<CheckedContinuation<PDF, any Error>?>

        init(id: String, frame: [UInt8], _ answer: CheckedContinuation<PDF, any Error>) {
            self.id = id
            self.frame = frame
            self.answer = NIOLockedValueBox(answer)
        }

        /// The first answer counts.
        func finish(_ result: Result<PDF, any Error>) {
            let continuation = answer.withLockedValue { answer in
                defer { answer = nil }
                return answer
            }
            continuation?.resume(with: result)
        }
    }

    private struct State {
        var last = 0
        var waiting: Deque<Order> = []
        /// Renderers with nothing to do.
        var idle: Deque<(key: Int, hand: CheckedContinuation<Order?, Never>)> = []
        var isClosed = false
        /// Of living renderers, for tests and for the bench.
        var processes: Set<Int32> = []
    }

    init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// The renderers that are alive.
    var processes: Set<Int32> { state.withLockedValue { $0.processes } }

    /// Makes a document.
    /// - Throws: ``RenderError``; or `CancellationError`, while the document may still be in the making.
    func render(_ paper: Paper) async throws -> PDF {
        let id = state.withLockedValue { state in
            state.last += 1
            return state.last
        }
        let frame = try RendererFrame.encode(paper, id: String(id))
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let order = Order(id: String(id), frame: frame, continuation)
                if Task.isCancelled { return order.finish(.failure(CancellationError())) }
                give(order)
            }
        } onCancel: {
            let order = state.withLockedValue { state in
                state.waiting.firstIndex { $0.id == String(id) }.map { state.waiting.remove(at: $0) }
            }
            order?.finish(.failure(CancellationError()))
        }
    }

    private func give(_ order: Order) {
        enum Next { case hand(CheckedContinuation<Order?, Never>), closed, waits }
        let next: Next = state.withLockedValue { state in
            if state.isClosed { return .closed }
            if let free = state.idle.popFirst() { return .hand(free.hand) }
            state.waiting.append(order)
            return .waits
        }
        switch next {
        case .hand(let hand): hand.resume(returning: order)
        case .closed: order.finish(.failure(RenderError.lost("the worker stops")))
        case .waits: break
        }
    }

    // MARK: Life

    /// Keeps the renderers warm until the service stops.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for _ in 0..<self.configuration.count { group.addTask { await self.keepOne() } }
            }
        }
        let left = state.withLockedValue { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for order in left { order.finish(.failure(RenderError.lost("the worker stops"))) }
    }

    /// One renderer after another.
    private func keepOne() async {
        var pause = Duration.milliseconds(100)
        while !Task.isCancelled {
            do {
                try await live()
                pause = .milliseconds(100)
            } catch {
                if Task.isCancelled { return }
                logger.warning("a renderer is replaced", metadata: ["reason": "\(error)"])
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(10))
            }
        }
    }

    /// None of the worker's own, which holds secrets: only where programs and fontconfig's index are.
    private static let environment: [Environment.Key: String] = {
        var kept: [Environment.Key: String] = [:]
        for name in ["PATH", "HOME", "XDG_CACHE_HOME", "TMPDIR"] {
            if let value = ProcessInfo.processInfo.environment[name] {
                kept[Environment.Key(stringLiteral: name)] = value
            }
        }
        return kept
    }()

    /// One renderer, from its start to its end.
    private func live() async throws {
        _ = try await Subprocess.run(
            // By way of env, which becomes the program: a path would need a package for its type alone.
            .name("env"),
            arguments: Arguments([configuration.python, "-E", "-s", "-O", configuration.program]),
            environment: .custom(Self.environment),
            input: .inputWriter,
            output: .sequence,
            error: .currentStandardError
        ) { process in
            let pid = process.processIdentifier.value
            _ = self.state.withLockedValue { $0.processes.insert(pid) }
            defer { _ = self.state.withLockedValue { $0.processes.remove(pid) } }
            do {
                var reader = RendererReader(process.standardOutput)
                do {
                    async let _: Void = self.kill(process, after: self.configuration.startPatience)
                    let hello = try await reader.header(RendererFrame.Hello.self)
                    guard hello.ready, hello.protocol == 1 else { throw RenderError.lost("it speaks another protocol") }
                    self.logger.debug(
                        "a renderer is warm",
                        metadata: ["pid": "\(pid)", "confinement": "\(hello.confinement.joined(separator: ", "))"]
                    )
                }
                while let order = await self.next() {
                    do {
                        guard try await self.serve(order, process, &reader) else { break }
                    } catch {
                        // Whatever it was: the frames are out of step. The job decides whether it is tried again.
                        order.finish(.failure(RenderError.lost("\(error)")))
                        throw error
                    }
                }
                try? await process.standardInputWriter.finish()
            } catch {
                try? process.send(signal: .kill)
                throw error
            }
        }
    }

    private typealias Process = Execution<CustomWriteInput, SequenceOutput, FileDescriptorOutput>

    /// Has one document made.
    /// - Returns: whether the renderer stays.
    private func serve(_ order: Order, _ process: Process, _ reader: inout RendererReader) async throws -> Bool {
        async let _: Void = kill(process, after: configuration.patience)
        _ = try await process.standardInputWriter.write(order.frame)
        let answer = try await reader.header(RendererFrame.Answer.self)
        let bytes = try await reader.exactly(answer.bytes)
        guard answer.id == order.id else { throw RenderError.lost("it answered another document") }
        order.finish(Self.result(answer, bytes))
        return !answer.last
    }

    private static func result(_ answer: RendererFrame.Answer, _ bytes: [UInt8]) -> Result<PDF, any Error> {
        guard answer.ok else {
            let kind = answer.kind ?? "unknown"
            let message = answer.message ?? "The document could not be made (\(kind))."
            switch kind {
            case "cpu_time", "wall_time", "memory", "crashed":
                return .failure(RenderError.exhausted(kind: kind, message))
            default: return .failure(RenderError.refused(kind: kind, message))
            }
        }
        guard let hash = answer.sha256.flatMap({ ContentHash(hex: $0) }), hash == ContentHash(of: bytes) else {
            return .failure(RenderError.lost("the document was damaged on its way"))
        }
        return .success(
            PDF(
                bytes: bytes,
                hash: hash,
                pages: answer.pages ?? 0,
                cpuMilliseconds: Int(((answer.cpuSeconds ?? 0) * 1_000).rounded()),
                wallMilliseconds: Int(((answer.wallSeconds ?? 0) * 1_000).rounded()),
                peakMemory: answer.peakMemoryBytes ?? 0,
                warnings: answer.warnings ?? []
            )
        )
    }

    /// The watchdog: cancelled when what it watches is done. The document's own process dies with the renderer.
    private func kill(_ process: Process, after patience: Duration) async {
        do {
            try await Task.sleep(for: patience)
            logger.error("a renderer does not answer and is killed", metadata: ["after": "\(patience)"])
            try process.send(signal: .kill)
        } catch {}
    }

    /// The next document; nil when the service stops.
    private func next() async -> Order? {
        let key = state.withLockedValue { state in
            state.last += 1
            return state.last
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                enum Next { case order(Order), stop, waits }
                let next: Next = state.withLockedValue { state in
                    if Task.isCancelled { return .stop }
                    if let order = state.waiting.popFirst() { return .order(order) }
                    state.idle.append((key, continuation))
                    return .waits
                }
                switch next {
                case .order(let order): continuation.resume(returning: order)
                case .stop: continuation.resume(returning: nil)
                case .waits: break
                }
            }
        } onCancel: {
            let free = state.withLockedValue { state in
                state.idle.firstIndex { $0.key == key }.map { state.idle.remove(at: $0) }
            }
            free?.hand.resume(returning: nil)
        }
    }
}
