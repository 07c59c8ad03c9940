import CCurl

/// What a finished SMTP conversation means for its mail.
enum MailOutcome {
    static func receipt(of reply: CurlReply) throws(MailError) -> MailReceipt {
        // The last line of all is the answer to our QUIT.
        let said = reply.lines.last { $0.hasPrefix("\(reply.status)") } ?? reply.message
        if reply.code == CURLE_OK { return MailReceipt(code: reply.status, reply: said) }
        // After the whole message only a final answer tells what became of it; 354 is the one from before it.
        let isFinal = (400..<600).contains(reply.status)
        if reply.isUploaded, !isFinal { throw .outcomeUnknown(reply.isCancelled ? "cancelled" : reply.message) }
        switch reply.status {
        // Our credentials or our security are refused: a matter of configuration, not of this mail.
        case 530, 534, 535, 538: throw .transient(code: reply.status, reply: said)
        case 500..<600: throw .permanent(code: reply.status, reply: said)
        case 400..<500: throw .transient(code: reply.status, reply: said)
        default: throw .transient(code: nil, reply: reply.isCancelled ? "cancelled" : reply.message)
        }
    }
}
