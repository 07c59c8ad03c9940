import EventLoop
import Logging

/// Listens on one connection for all who want notifications, and reconnects for as long as anybody does.
actor PostgresListener {
    fileprivate struct Notification: Sendable {
        let channel: String
        let payload: String
    }

    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let connector: Connector
    private var subscribers: [String: [Int: AsyncStream<String>.Continuation]] = [:]
    private var lastSubscriber = 0
    private var connection: PostgresConnection?
    private var life: Task<Void, Never>?
    private var isClosed = false

    init(connector: Connector) {
        self.connector = connector
        loop = connector.loop
    }

    func add(_ subscriber: AsyncStream<String>.Continuation, to channel: String) async {
        guard !isClosed else { return subscriber.finish() }
        lastSubscriber += 1
        let id = lastSubscriber
        subscriber.onTermination = { _ in Task { await self.remove(id, from: channel) } }
        subscribers[channel, default: [:]][id] = subscriber
        if life == nil {
            life = Task { await self.stayConnected() }
        } else if let connection {
            await listen(to: channel, on: connection, telling: [subscriber])
        }
    }

    private func remove(_ id: Int, from channel: String) async {
        subscribers[channel]?[id] = nil
        guard subscribers[channel]?.isEmpty == true else { return }
        subscribers[channel] = nil
        _ = try? await connection?.run([Statement("unlisten \(identifier: channel)")], onCancel: .ignore)
        // Somebody may have come for this channel while the server was told.
        if let connection, let newcomers = subscribers[channel]?.values {
            await listen(to: channel, on: connection, telling: Array(newcomers))
        }
    }

    func close() async {
        isClosed = true
        life?.cancel()
        await connection?.close()
        for subscriber in subscribers.values.flatMap(\.values) { subscriber.finish() }
        subscribers = [:]
        // A connection that was being opened meanwhile is given up before this returns.
        await life?.value
    }

    private func stayConnected() async {
        while !isClosed, !Task.isCancelled {
            guard let connection = try? await connector.connect() else { continue }
            let (notifications, continuation) = AsyncStream.makeStream(of: Notification.self)
            await connection.onNotify(continuation)
            if isClosed { return await connection.close() }
            self.connection = connection
            for (channel, waiting) in subscribers {
                await listen(to: channel, on: connection, telling: Array(waiting.values))
            }
            for await notification in notifications {
                guard let waiting = subscribers[notification.channel] else { continue }
                for subscriber in waiting.values { subscriber.yield(notification.payload) }
            }
            self.connection = nil
        }
    }

    private func listen(
        to channel: String,
        on connection: PostgresConnection,
        telling waiting: [AsyncStream<String>.Continuation]
    ) async {
        do {
            _ = try await connection.run([Statement("listen \(identifier: channel)")], onCancel: .ignore)
            for subscriber in waiting { subscriber.yield("") }
        } catch {
            connector.logger.warning("LISTEN failed", metadata: ["channel": "\(channel)", "error": "\(error)"])
            await connection.close()
        }
    }
}

extension PostgresConnection {
    /// Sends notifications into `stream`, which ends with the connection.
    fileprivate func onNotify(_ stream: AsyncStream<PostgresListener.Notification>.Continuation) {
        onNotification = { stream.yield(PostgresListener.Notification(channel: $0, payload: $1)) }
        onClose = { stream.finish() }
        if closeReason != nil { stream.finish() }
    }
}
