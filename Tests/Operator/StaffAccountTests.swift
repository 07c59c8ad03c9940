import DomainModel
import Persistence
import Postgres
import TestSupport
import Testing

@testable import Operator

@Suite("Staff") struct StaffAccountTests {
    private func add(_ email: String, _ test: TestDatabase) async throws -> Bool {
        let address = try #require(EmailAddress(email))
        return try await Store(database: test.service).transaction(as: .system(reason: "test"), actor: "test") { tx in
            try await StaffAccount.add(
                email: address,
                name: "Maria",
                role: .admin,
                passwordHash: "scrypt$none",
                agency: "Alorig",
                in: tx
            )
        }
    }

    @Test("all belong to one agency's account, and an address is taken once")
    func agency() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            #expect(try await add("a@alorig.example", test))
            #expect(try await add("b@alorig.example", test))
            #expect(try await add("a@alorig.example", test) == false)
            let store = Store(database: test.service)
            let staff = try await store.read(as: .system(reason: "test"), actor: "test") {
                try await Users.staff(in: $0)
            }
            #expect(staff.count == 2)
            #expect(Set(staff.map(\.accountID)).count == 1)
        }
    }

    @Test("two first members at the same moment make one agency")
    func race() async throws {
        try await TestDatabase.withDatabase(.migrated) { test in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<8 { group.addTask { try await self.add("s\(number)@alorig.example", test) } }
                for try await added in group { #expect(added) }
            }
            let accounts = try await Store(database: test.service).read(as: .system(reason: "test"), actor: "test") {
                try await $0.query("select count(*) from igny8_accounts")[0].decode(0, as: Int.self)
            }
            #expect(accounts == 1)
        }
    }

    @Test("generated passwords are long, readable and never the same")
    func passwords() {
        let made = (0..<100).map { _ in StaffPassword.generate() }
        #expect(Set(made).count == 100)
        #expect(made.allSatisfy { $0.count == 20 && !$0.contains("0") && !$0.contains("l") })
    }
}
