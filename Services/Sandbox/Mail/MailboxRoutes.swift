import Hummingbird

/// The mailboxes, for people and for tests.
struct MailboxRoutes: Sendable {
    private struct Bounce: Decodable, Sendable {
        var address: String
        /// 550, 451, or none to take mail again.
        var code: Int?
    }

    let postOffice: PostOffice

    func add(to router: Router<SandboxContext>) {
        let mailbox = router.group("mailbox")
        mailbox.get { request, _ in
            try Answers.json(try await postOffice.mails(to: recipient(request)))
        }
        mailbox.delete { request, _ in
            try Answers.json(["deleted": try await postOffice.empty(to: recipient(request))])
        }
        mailbox.get("html") { request, _ in
            Answers.html(MailboxPage.list(try await postOffice.mails(to: recipient(request))))
        }
        mailbox.get("html/{id}") { _, context in
            guard let mail = try await postOffice.mail(try context.parameters.require("id", as: Int64.self)) else {
                throw HTTPError(.notFound)
            }
            return Answers.html(MailboxPage.mail(mail))
        }
        mailbox.get("{id}") { _, context in
            guard let mail = try await postOffice.mail(try context.parameters.require("id", as: Int64.self)) else {
                throw HTTPError(.notFound)
            }
            return try Answers.json(mail)
        }
        mailbox.post("bounces") { request, context in
            let order = try await Questions.json(Bounce.self, from: request, context)
            guard order.code == nil || order.code == 550 || order.code == 451 else {
                return try Answers.refusal("code: expected 550, 451 or null.")
            }
            try await postOffice.bounce(order.address, code: order.code)
            return try Answers.json(["address": order.address])
        }
    }

    private func recipient(_ request: Request) -> String? {
        request.uri.queryParameters["to"].map(String.init)
    }
}
