import ArgumentParser
import DomainModel
import Foundation
import Persistence

/// `igny8 admin …`
struct AdminCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin",
        abstract: "Staff of the agency.",
        subcommands: [Create.self]
    )

    /// `igny8 admin create`
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Creates a staff user.",
            discussion: """
                The password is generated and printed once, or read from standard input with --password-stdin; it is
                never an argument, where anyone on the machine could read it. Staff belong to the agency's own account,
                which is created with the first of them.

                Example: igny8 admin create --email maria@alorig.example --role account_manager
                """
        )

        @Option(help: "The address to sign in with.")
        var email: String

        @Option(help: "What the person is called; the part before the @ when left out.")
        var name: String?

        @Option(help: "admin or account_manager.")
        var role: String = StaffRole.admin.rawValue

        @Option(help: "The agency's own account, by name.")
        var agency: String = "Alorig"

        @Flag(help: "Read the password from the first line of standard input.")
        var passwordStdin = false

        @Flag(help: "Succeed without a change when the user is there already.")
        var ifMissing = false

        func run() async throws {
            guard let address = EmailAddress(email) else {
                throw OperatorFailure("\"\(email)\" is no e-mail address: expected something like name@example.com.")
            }
            guard let staffRole = StaffRole(rawValue: role) else {
                let roles = StaffRole.allCases.map(\.rawValue).joined(separator: " or ")
                throw OperatorFailure("\"\(role)\" is no staff role: expected \(roles).")
            }
            let given = passwordStdin ? readLine() : nil
            if passwordStdin, (given ?? "").count < StaffPassword.minimumLength {
                throw OperatorFailure(
                    "The password on standard input is too short: expected at least \(StaffPassword.minimumLength) characters."
                )
            }
            let password = given ?? StaffPassword.generate()
            let hash = try PasswordHash.make(password)
            let isNew = try await Workbench.run { bench in
                try await bench.withStore { store in
                    try await store.transaction(as: .system(reason: "create staff"), actor: Workbench.actor) { tx in
                        try await StaffAccount.add(
                            email: address,
                            name: name ?? String(email.prefix { $0 != "@" }),
                            role: staffRole,
                            passwordHash: hash,
                            agency: agency,
                            in: tx
                        )
                    }
                }
            }
            guard isNew else {
                if ifMissing { return print("\(address) is there already") }
                throw OperatorFailure("\(address) is there already; nothing was changed.")
            }
            print("created \(address), \(staffRole.rawValue)")
            if given == nil { print("password: \(password)\nIt is not shown again.") }
        }
    }
}

/// How staff passwords are made and what is asked of given ones.
enum StaffPassword {
    static let minimumLength = 12

    /// 20 of 32 letters and digits that are not mistaken for each other: 100 bits.
    static func generate() -> String {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return String((0..<20).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }
}
