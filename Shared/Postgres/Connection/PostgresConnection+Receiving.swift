import CLibPQ
import DequeModule
import EventLoop

extension PostgresConnection {
    /// Watches the socket for `interest`, unless it is watched for that already.
    func watch(for interest: EventLoop.Interest) {
        guard interest != self.interest, descriptor >= 0 else { return }
        self.interest = interest
        loop.watch(descriptor, for: interest) { [weak self] ready in
            self?.assumeIsolated { $0.ready(ready) }
        }
    }

    private func ready(_ interest: EventLoop.Interest) {
        guard closeReason == nil else { return }
        if interest.contains(.read) {
            // On a lost connection the server's last words may be here all the same: take them first.
            let isAlive = PQconsumeInput(handle) == 1
            if !isExclusive { receive() }
            deliverNotifications()
            guard isAlive else { return fail() }
        }
        guard closeReason == nil else { return }
        if isExclusive {
            watch(for: .read)
            exclusiveWaiter?.resume()
            exclusiveWaiter = nil
        } else {
            flush()
        }
    }

    /// Sends what libpq has buffered, as far as the socket takes it.
    func flush() {
        switch PQflush(handle) {
        case 0: watch(for: .read)
        case 1: watch(for: [.read, .write])
        default: fail()
        }
    }

    /// Takes the results that are already here; PQgetResult would block only while PQisBusy.
    private func receive() {
        while !flights.isEmpty, PQisBusy(handle) == 0 {
            guard let result = PQgetResult(handle) else {
                // The end of one statement's results; on a dead connection, of all of them.
                if PQstatus(handle) == CONNECTION_BAD { return fail() }
                continue
            }
            switch PQresultStatus(result) {
            case PGRES_PIPELINE_SYNC:
                PQclear(result)
                completeHead()
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                succeed(with: PostgresRows(owning: result))
            case PGRES_PIPELINE_ABORTED:
                PQclear(result)
                failPart(.skipped)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                PQclear(result)
                // The server now waits for data that a pipeline cannot carry.
                return end(with: .connection("COPY must go through copyIn"))
            default:
                let error = ServerReport(result)
                PQclear(result)
                // It closes the connection without a sync point.
                if error.isFatal { return end(with: .connection(error.message)) }
                failPart(error.error)
            }
        }
    }

    private func succeed(with rows: PostgresRows) {
        switch flights[0].takePart() {
        case .preparation(let key): cache.confirm(key)
        case .execution(_, isVisible: true): flights[0].succeed(with: rows)
        case .execution(_, isVisible: false), nil: break
        }
    }

    private func failPart(_ error: PostgresError) {
        switch flights[0].takePart() {
        case .preparation(let key):
            cache.forget(key)
        case .execution(let key?, _) where error.isStalePlan:
            cache.forget(key)
        case .execution, nil: break
        }
        flights[0].fail(error)
    }

    private func deliverNotifications() {
        guard let onNotification, closeReason == nil else { return }
        while let notification = PQnotifies(handle) {
            onNotification(String(cString: notification.pointee.relname), String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
    }
}

extension PostgresError {
    /// Whether a prepared statement failed because the server has lost or outgrown its plan, before it did anything.
    var isStalePlan: Bool { sqlState == .invalidStatementName || sqlState == .featureNotSupported }
}
