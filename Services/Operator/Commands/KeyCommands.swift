import ArgumentParser
import Persistence
import ServiceRuntime

/// `igny8 keys …`
struct KeyCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "The keys that seal providers' secrets.",
        subcommands: [Rotate.self]
    )

    /// `igny8 keys rotate`
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Wraps every account's data key anew, with the current key-encryption key.",
            discussion: """
                1. Give every service IGNY8_KEY_ENCRYPTION_KEY (the new one) and IGNY8_KEY_ENCRYPTION_KEY_PREVIOUS (the
                   one until now), and restart them: they read with both and write with the new one.
                2. igny8 keys rotate --plan says how many data keys each key wraps; changes nothing.
                3. igny8 keys rotate wraps the rest anew, beside the running services; it may be broken off and run again.
                4. When nothing is left with the previous key, take IGNY8_KEY_ENCRYPTION_KEY_PREVIOUS away.

                Example: igny8 keys rotate --plan
                """
        )

        @Flag(help: "Only say what would be done.")
        var plan = false

        func run() async throws {
            try await Workbench.run { bench in
                let box = try Self.box(bench.settings)
                try await bench.withStore { store in
                    try await report(box, store)
                    guard !plan else { return }
                    var done = 0
                    while true {
                        let wrapped = try await store.transaction(
                            as: .system(reason: "rotate keys"),
                            actor: Workbench.actor
                        ) { tx in try await KeyRotation.step(box, in: tx) }
                        if wrapped == 0 { break }
                        done += wrapped
                    }
                    print("wrapped \(done) data keys anew")
                }
            }
        }

        private func report(_ box: SecretBox, _ store: Store) async throws {
            let plan = try await store.read(as: .system(reason: "rotate keys"), actor: Workbench.actor) { tx in
                try await KeyRotation.plan(box, in: tx)
            }
            var table = Table(["key-encryption key", "data keys", ""], rightAligned: [1])
            for (key, count) in plan.wrapped.sorted(by: { $0.key < $1.key }) {
                table.add([key, "\(count)", key == plan.current ? "current" : "to be wrapped anew"])
            }
            print(table.isEmpty ? "no secret is kept yet; the current key is \(plan.current)" : table.text)
        }

        private static func box(_ settings: Settings) throws -> SecretBox {
            let current = try settings.key("IGNY8_KEY_ENCRYPTION_KEY", bytes: 32...32)
            let previous = try settings.optionalKey("IGNY8_KEY_ENCRYPTION_KEY_PREVIOUS", bytes: 32...32)
            guard let key = KeyEncryptionKey(bytes: current) else {
                throw OperatorFailure("IGNY8_KEY_ENCRYPTION_KEY cannot be used as a key.")
            }
            return SecretBox(current: key, previous: previous.flatMap { KeyEncryptionKey(bytes: $0) })
        }
    }
}
