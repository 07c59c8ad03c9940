public import ArgumentParser
import Glibc
import Postgres
import ServiceRuntime

/// `igny8`: what an operator does to a stack by hand.
public struct Igny8: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "igny8",
        abstract: "Operates IGNY8 Managed Services.",
        discussion: """
            Settings come from the environment, the same as the services'; after deploy/up: . .local/env
            Exit codes: 0 done, 1 failed or a check found something, 64 wrong arguments, 78 wrong configuration.
            """,
        subcommands: [
            Migrate.self, AdminCommands.self, DemoCommands.self, Simulate.self, JobCommands.self, QueueCommands.self,
            LedgerCommands.self, BillingCommands.self, KeyCommands.self, AuditCommands.self,
            PlanCommands.self, GateCommand.self,
        ]
    )

    public init() {}

    /// The whole life of the process: parses, runs, says in one sentence what went wrong.
    public static func run() async -> Never {
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            leave(0)
        } catch let error as OperatorFailure {
            complain("\(error)", error.exitCode)
        } catch let error as ConfigurationError {
            complain("\(error)", ConfigurationError.exitCode)
        } catch let error as PostgresError {
            complain("The database refuses or cannot be reached: \(error).", 1)
        } catch let error where exitCode(for: error) == .failure {
            complain("\(error)", 1)
        } catch {
            exit(withError: error)
        }
    }

    private static func complain(_ sentence: String, _ code: Int32) -> Never {
        LogOutput.standardError.write("igny8: \(sentence)\n")
        leave(code)
    }

    /// Ends the process without exit handlers: OpenSSL's frees what threads of its own still use, which now and then ended a
    /// command that had done all its work with a crash.
    private static func leave(_ code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }
}
