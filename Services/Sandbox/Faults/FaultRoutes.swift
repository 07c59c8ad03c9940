import Hummingbird

struct FaultRoutes: Sendable {
    let book: FaultBook

    func add(to router: Router<SandboxContext>) {
        let faults = router.group("faults")
        faults.get { _, _ in try Answers.json(try await book.all()) }
        faults.post { request, context in
            let order = try await Questions.json(FaultOrder.self, from: request, context)
            if let sentence = order.objection { return try Answers.refusal(sentence) }
            return try Answers.json(try await book.add(order), status: .created)
        }
        faults.delete { _, _ in try Answers.json(["deleted": try await book.remove(nil)]) }
        faults.delete("{id}") { _, context in
            let removed = try await book.remove(try context.parameters.require("id", as: Int64.self))
            guard removed > 0 else { throw HTTPError(.notFound) }
            return try Answers.json(["deleted": removed])
        }
    }
}

extension FaultOrder {
    /// What is wrong with it, in a sentence.
    var objection: String? {
        if let count, count < 1 { return "count: expected a number of calls above zero." }
        if let probability, !(0...1).contains(probability) { return "probability: expected a number from 0 to 1." }
        let isMail = kind == .mailTemporary || kind == .mailPermanent
        if isMail, provider != .smtp { return "kind: 451 and 550 are answers of smtp." }
        return nil
    }
}
