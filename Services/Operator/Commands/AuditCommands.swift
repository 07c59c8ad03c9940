import ArgumentParser
import Persistence

/// `igny8 audit …`
struct AuditCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "The audit log.",
        subcommands: [Verify.self]
    )

    /// `igny8 audit verify`
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads every chain of the audit log again and names the first event that is not what it was.",
            discussion: """
                Exit code 1 when an event was changed, taken out or put in.

                Example: igny8 audit verify
                """
        )

        func run() async throws {
            let report = try await Workbench.run { bench in
                try await bench.withStore { store in
                    try await store.read(as: .system(reason: "verify the audit log"), actor: Workbench.actor) { tx in
                        try await AuditVerifier.run(in: tx)
                    }
                }
            }
            guard report.findings.isEmpty else {
                for finding in report.findings { print("wrong: \(finding)") }
                throw OperatorFailure(
                    "The audit log is not what was written: \(report.findings.count) chains are broken."
                )
            }
            print("the audit log is whole: \(report.events) events")
        }
    }
}
