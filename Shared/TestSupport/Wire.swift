import Foundation
import Glibc
import NIOConcurrencyHelpers

/// A TCP relay on loopback between clients and a server: the cable that a test cuts, plugs in again, or leads elsewhere.
///
///     let wire = try Wire(to: 5432)
///     wire.hold(.answers)     // what is asked arrives and takes effect; what is answered does not
///     wire.cut()              // and now never will
public final class Wire: Sendable {
    /// One direction of the traffic.
    public enum Direction: Sendable, CaseIterable {
        /// From clients to the server.
        case requests
        /// From the server to clients.
        case answers
    }

    /// Where clients connect to.
    public let port: Int

    private struct State {
        var target: Int
        var held: Set<Direction> = []
        var isCut = false
        var isClosed = false
        var sockets: Set<Int32> = []
        /// Grows with each cut: what was under way then is gone, also when the wire is whole again.
        var generation = 0
    }

    private let listener: Int32
    private let state: NIOLockedValueBox<State>
    private let changed = NSCondition()

    /// A whole wire to `target`, a port of loopback.
    public init(to target: Int) throws {
        port = try FreePort.find()
        state = NIOLockedValueBox(State(target: target))
        listener = FreePort.open()
        guard FreePort.bind(listener, port), listen(listener, 64) == 0 else {
            throw TestSetupError("a wire cannot listen on port \(port)")
        }
        Thread.detachNewThread { [weak self, listener] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let self else { return }
                self.join(client)
            }
        }
    }

    deinit { close() }

    /// `url` with this wire's port instead of its own.
    public func url(of url: String) throws -> String {
        guard var parts = URLComponents(string: url) else { throw TestSetupError("not a URL") }
        parts.host = "127.0.0.1"
        parts.port = port
        return parts.string ?? url
    }

    /// From now on `directions` stand still; connections stay. ``mend()`` delivers what has come meanwhile.
    public func hold(_ directions: Direction...) { change { $0.held.formUnion(directions) } }

    /// Connections end, whatever was under way in them is lost, and new ones are refused until ``mend()``.
    public func cut() {
        change { state in
            state.isCut = true
            state.generation += 1
            for descriptor in state.sockets { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Whole again, both ways; to another port of loopback when `target` is given.
    public func mend(to target: Int? = nil) {
        change { state in
            state.isCut = false
            state.held = []
            state.target = target ?? state.target
        }
    }

    /// For good.
    public func close() {
        let wasOpen = state.withLockedValue { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard wasOpen else { return }
        cut()
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    private func change(_ body: (inout State) -> Void) {
        changed.lock()
        state.withLockedValue { body(&$0) }
        changed.broadcast()
        changed.unlock()
    }

    private func join(_ client: Int32) {
        let target = state.withLockedValue { $0.isCut ? nil : $0.target }
        guard let target, let server = FreePort.connect(to: target) else {
            Glibc.close(client)
            return
        }
        let generation = state.withLockedValue { state in
            state.sockets.formUnion([client, server])
            return state.generation
        }
        let pumping = NIOLockedValueBox(2)
        let pumps: [(Int32, Int32, Direction)] = [(client, server, .requests), (server, client, .answers)]
        for (source, sink, direction) in pumps {
            Thread.detachNewThread { [self] in
                pump(from: source, to: sink, direction, generation)
                for descriptor in [source, sink] { shutdown(descriptor, Int32(SHUT_RDWR)) }
                let isLast = pumping.withLockedValue { pumping in
                    pumping -= 1
                    return pumping == 0
                }
                guard isLast else { return }
                change { $0.sockets.subtract([client, server]) }
                Glibc.close(client)
                Glibc.close(server)
            }
        }
    }

    private func pump(from source: Int32, to sink: Int32, _ direction: Direction, _ generation: Int) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while isPassable(direction, generation) {
            let count = read(source, &buffer, buffer.count)
            guard count > 0, isPassable(direction, generation) else { return }
            var sent = 0
            while sent < count {
                let more = buffer[sent..<count].withUnsafeBytes { bytes in
                    send(sink, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                }
                guard more > 0 else { return }
                sent += more
            }
        }
    }

    /// Waits while the direction is held; false when the connection belongs to a wire that was cut.
    private func isPassable(_ direction: Direction, _ generation: Int) -> Bool {
        changed.lock()
        defer { changed.unlock() }
        while true {
            let (held, now) = state.withLockedValue { ($0.held.contains(direction), $0.generation) }
            if now != generation { return false }
            if !held { return true }
            changed.wait()
        }
    }
}
