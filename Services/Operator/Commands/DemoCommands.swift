import ArgumentParser
import Foundation
import Persistence
import ServiceRuntime
import WebClient

/// `igny8 demo …`
struct DemoCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "The agency's six clients, for a stack with a sandbox.",
        subcommands: [Seed.self]
    )

    /// `igny8 demo seed`
    struct Seed: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Brings the six clients in through the public API, as staff.",
            discussion: """
                Sets business time to 17 September 2026 on an empty stack. What is there already is left alone, so it may
                be broken off and run again. Needs IGNY8_STAFF_EMAIL, IGNY8_STAFF_PASSWORD and IGNY8_DEMO_SECRET, from
                which the owners' passwords are made.

                Example: igny8 demo seed --output clients.json
                """
        )

        @Option(
            help: "Writes the clients with ids and logins there, readable only by you; standard output when left out."
        )
        var output: String?

        func run() async throws {
            let clients = try await Workbench.run { bench in
                let run = SimulationRun(bench: bench, bar: nil)
                let sandbox = try run.sandbox()
                try await DemoStart.set(bench, sandbox: sandbox)
                let web = WebClient(loop: bench.loop, logger: bench.logger)
                let seed = DemoSeed(
                    gateway: StackClient(web: web, base: try bench.settings.gatewayURL()),
                    sandbox: sandbox,
                    staffEmail: try bench.settings.text("IGNY8_STAFF_EMAIL"),
                    staffPassword: try bench.settings.secret("IGNY8_STAFF_PASSWORD"),
                    secret: try bench.settings.secret("IGNY8_DEMO_SECRET", minimumLength: 16),
                    live: { moment in _ = try await run.live(until: { _ in moment }, releases: false) }
                )
                return try await seed.run { print("  \($0)") }
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let text = String(decoding: try encoder.encode(clients), as: UTF8.self) + "\n"
            guard let output else { return print(text, terminator: "") }
            try PrivateFile.write(text, to: output)
        }
    }
}
