import NIOCore

/// Plays one connection: reads lines, asks the post office, writes answers; and fails where it was told to.
struct SMTPConversation: Sendable {
    private typealias Writer = NIOAsyncChannelOutboundWriter<ByteBuffer>

    private enum Ending: Error {
        case quit
        case reset
    }

    let postOffice: PostOffice
    let faults: FaultBook

    func hold(on connection: NIOAsyncChannel<[UInt8], ByteBuffer>) async throws {
        do {
            try await connection.executeThenClose { lines, writer in
                try await say(SMTPSession.greeting, on: writer)
                var session = SMTPSession()
                for try await line in lines {
                    var actions = session.receive(line)[...]
                    while let action = actions.popFirst() {
                        actions = try await perform(action, &session, on: writer) + actions
                    }
                }
            }
        } catch Ending.quit {
            return
        } catch Ending.reset {
            await connection.channel.resetConnection()
        }
    }

    private func perform(
        _ action: SMTPSession.Action,
        _ session: inout SMTPSession,
        on writer: Writer
    ) async throws -> [SMTPSession.Action] {
        switch action {
        case .reply(let line):
            try await say(line, on: writer)
            return []
        case .close(let line):
            try await say(line, on: writer)
            throw Ending.quit
        case .checkRecipient(let address):
            let fault = try await refusal(faults.strike(.smtp, "RCPT \(address)"))
            let refusal = if let fault { Optional(fault) } else { try await postOffice.refusal(for: address) }
            return session.answered(address, refusal: refusal)
        case .deliver(let envelope):
            let fault = try await faults.strike(.smtp, "DATA \(envelope.recipients.joined(separator: ","))")
            if let refusal = try await refusal(fault) { return session.stored(refusal: refusal) }
            try await postOffice.store(envelope)
            guard let fault, fault.kind.isAfterEffect else { return session.stored(refusal: nil) }
            if fault.kind == .timeoutAfterEffect { try await fault.hold() }
            throw Ending.reset
        }
    }

    /// What a fault makes of a command before it has an effect.
    private func refusal(_ fault: Fault?) async throws -> String? {
        guard let fault else { return nil }
        switch fault.kind {
        case .latency: try await fault.hold()
        case .mailTemporary, .unavailable, .serverError, .tooManyRequests:
            return "451 4.3.0 Told to fail for a while"
        case .mailPermanent: return "550 5.7.1 Told to refuse"
        case .reset: throw Ending.reset
        case .timeoutAfterEffect, .resetAfterEffect, .garbage, .halfBody, .redirectInside, .endlessBody: break
        }
        return nil
    }

    private func say(_ line: String, on writer: Writer) async throws {
        try await writer.write(ByteBuffer(string: line + "\r\n"))
    }
}
