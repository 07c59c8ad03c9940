import FoundationEssentials

/// The mail as it goes over the wire (RFC 5322, 2045, 2047). The same mail renders to the same bytes, so that a repeated
/// one is recognisable.
extension MailMessage {
    func rendered() throws(MailError) -> [UInt8] {
        var lines = [
            "Date: \(MailDate.text(date))",
            "From: \(from.header)",
            "To: \(to.header)",
            "Subject: \(EncodedWord.encode(subject))",
            "Message-ID: <\(try messageID.checked("its message id"))>",
            "MIME-Version: 1.0",
        ]
        for (name, value) in headers {
            lines.append("\(try name.checked("a header's name")): \(EncodedWord.encode(value))")
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n" + root().text).utf8)
    }

    private func root() -> MailPart {
        let plain = MailPart(text: text, type: "text/plain")
        let body =
            html.map {
                MailPart(
                    kind: "alternative",
                    boundary: boundary("alternative"),
                    parts: [plain, MailPart(text: $0, type: "text/html")]
                )
            }
            ?? plain
        if attachments.isEmpty { return body }
        return MailPart(kind: "mixed", boundary: boundary("mixed"), parts: [body] + attachments.map(MailPart.init))
    }

    /// No line of quoted-printable or base64 can begin with `--=_`: `=` is followed by a hexadecimal digit in the one
    /// and stands at the end in the other.
    private func boundary(_ kind: String) -> String { "=_igny8_\(kind)" }
}

extension MailAddress {
    /// `Name <local@domain>`.
    var header: String {
        guard let name, !name.isEmpty else { return "<\(address)>" }
        return "\(EncodedWord.phrase(name)) <\(address)>"
    }

    /// The address for the envelope, refused where it would break out of its command.
    func envelope() throws(MailError) -> String {
        let address = try self.address.checked("an address")
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
            !address.contains(where: { $0 == "<" || $0 == ">" || $0 == " " || $0 == "/" })
        else { throw .invalid("an address of the mail is not of the form local@domain") }
        return address
    }
}

extension String {
    /// Printable ASCII only.
    fileprivate func checked(_ what: String) throws(MailError) -> String {
        guard !isEmpty, utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            throw .invalid("\(what) is empty or holds a character that a mail cannot carry there")
        }
        return self
    }
}
