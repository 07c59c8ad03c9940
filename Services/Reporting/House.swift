import DomainModel
import Foundation
import Persistence

/// Who reports where no brand is chosen, and how mails are sent under one that does not name the house.
struct House: Sendable {
    let name = "IGNY8 Managed Services"
    /// Where clients log in and reports are verified, without a slash at its end.
    let portal: String
    let sender: MailSender
    /// The sender of white-labelled mails: at a domain that names neither the house nor its maker.
    let neutralSender: EmailAddress
}

/// A From header taken apart.
struct MailSender: Sendable, Hashable {
    let name: String?
    let address: EmailAddress

    init(name: String?, address: EmailAddress) {
        // What would end the name in a header.
        self.name = name.map { $0.filter { !"<>\"\\".contains($0) && !$0.isNewline } }
        self.address = address
    }

    /// Reads an address, or `Name <address>`.
    init?(_ header: String) {
        guard let open = header.lastIndex(of: "<"), header.hasSuffix(">") else {
            guard let address = EmailAddress(header) else { return nil }
            self.init(name: nil, address: address)
            return
        }
        guard let address = EmailAddress(String(header[header.index(after: open)...].dropLast())) else { return nil }
        let name = header[..<open].trimmingCharacters(in: .whitespaces)
        self.init(name: name.isEmpty ? nil : name, address: address)
    }

    /// As the outbox has it.
    var header: String { name.map { "\($0) <\(address)>" } ?? address.rawValue }

    /// The right side of a Message-ID.
    var domain: String { address.rawValue.split(separator: "@").last.map(String.init) ?? "localhost" }
}

/// Who reports, from outside: a brand, or the house.
struct Reporter: Sendable {
    let name: String
    let color: String
    let accent: String
    let contact: EmailAddress?
    let website: String?
    let sender: MailSender
    let replyTo: EmailAddress?
    /// The right side of the mail's Message-ID.
    let messageDomain: String

    /// - Parameter account: its name, for a white label without a brand.
    init(brand: Appearance.Brand?, isWhiteLabel: Bool, account: String, house: House) {
        name = brand?.name ?? (isWhiteLabel ? account : house.name)
        color = brand?.primaryColor ?? ReportColors.primary
        accent = brand?.secondaryColor ?? ReportColors.secondary
        contact = brand?.contactEmail ?? (isWhiteLabel ? nil : house.sender.address)
        website = brand?.websiteURL ?? (isWhiteLabel ? nil : house.portal)
        replyTo = brand?.contactEmail
        if isWhiteLabel {
            sender = MailSender(name: name, address: house.neutralSender)
            messageDomain = brand?.customDomain ?? sender.domain
        } else {
            sender = brand == nil ? house.sender : MailSender(name: name, address: house.sender.address)
            messageDomain = sender.domain
        }
    }
}

/// The house's own.
enum ReportColors {
    static let primary = "#1f3a5f"
    static let secondary = "#d97a1d"
}
