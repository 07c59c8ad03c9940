import DomainModel
import Foundation
import WebClient

/// The mail server of the configuration.
struct SMTPPostman: Postman {
    let transport: MailTransport

    func deliver(_ mail: OutgoingMail) async throws {
        let message = MailMessage(
            from: address(mail.from),
            to: MailAddress(mail.to),
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
            attachments: mail.attachments.map {
                MailAttachment(filename: $0.name, contentType: $0.type, content: $0.bytes)
            },
            messageID: mail.messageID,
            date: mail.date,
            headers: mail.replyTo.map { [(name: "Reply-To", value: $0)] } ?? []
        )
        do {
            _ = try await transport.send(message)
        } catch MailError.invalid(let reason) {
            throw PostmanError.refused(reason)
        } catch MailError.permanent(let code, let reply) {
            throw PostmanError.refused("\(code) \(reply)")
        } catch {
            throw PostmanError.unavailable("\(error)")
        }
    }

    private func address(_ header: String) -> MailAddress {
        guard let address = MailHouse.address(in: header) else { return MailAddress(header) }
        let name = header.prefix { $0 != "<" }.trimmingCharacters(in: .whitespaces)
        return MailAddress(address.rawValue, name: name.isEmpty || header.contains("<") == false ? nil : name)
    }
}
