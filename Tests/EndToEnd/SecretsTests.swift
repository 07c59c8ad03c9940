import Foundation
import Logging
import Persistence
import Postgres
import Testing

extension EndToEndTests {
    /// After everything that was lived: what the stack keeps secret is in no row, no job, no error and no log (spec 10).
    @Suite(.serialized) struct Secrets {
        @Test("no secret is found in what a dump of the database holds, in Redis or in any log")
        func nowhere() async throws {
            let stack = try Stack.ofEnvironment()
            let secrets = try stack.secrets()
            #expect(secrets.count >= 8, "\(secrets.map(\.name))")
            let dump = try await stack.dump()
            let redis = try await stack.redis("--scan")
            let logs = try stack.logs()
            // The looking itself works: what may be seen is there.
            #expect(dump.contains("banner-printing.example") && logs.contains("igny8-subscriptions"))
            for secret in secrets {
                let hex = secret.value.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                for (place, text) in [("the database", dump), ("Redis", redis.output), ("the logs", logs)] {
                    #expect(!text.contains(secret.value), "\(secret.name) is in \(place)")
                    #expect(!text.contains(hex), "\(secret.name) is in \(place), as bytes")
                }
            }
        }
    }
}

extension Stack {
    /// The environment's secrets, passwords within addresses included, and the logins.
    fileprivate func secrets() throws -> [(name: String, value: String)] {
        let environment = try environment()
        var secrets: [(name: String, value: String)] = []
        for name in environment.keys.sorted() {
            guard let value = environment[name] else { continue }
            if ["KEY", "SECRET"].contains(where: name.contains) {
                for part in value.split(separator: ",") { secrets.append((name, String(part))) }
            } else if let password = URLComponents(string: value)?.password {
                secrets.append((name, password))
            }
        }
        secrets.append(("the staff's password", description.staff.password))
        for client in description.clients { secrets.append(("the password of \(client.email)", client.password)) }
        return secrets
    }

    /// Every row of every table of ours, as a dump would have it.
    fileprivate func dump() async throws -> String {
        let configuration = PostgresConfiguration(
            url: try #require(try environment()["IGNY8_DATABASE_OWNER_URL"]),
            applicationName: "igny8-end-to-end"
        )
        let owner = PostgresDatabase(configuration: configuration, loop: Self.loop, logger: Logger(label: "end-to-end"))
        let settings = Tenant.system(reason: "end-to-end test").settings(actor: "test")
        let outcome: Result<String, any Error>
        do {
            outcome = .success(
                try await owner.transaction(settings: settings) { tx in
                    let tables = try await tx.query(
                        """
                        select relname::text as name from pg_class
                        where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1
                        """
                    ).map { row in try row.decode("name", as: String.self) }
                    var text = ""
                    for table in tables {
                        text += try await tx.query(
                            "select coalesce(string_agg(t::text, ' '), '') as rows from \(identifier: table) t"
                        )[0].decode("rows", as: String.self)
                    }
                    return text
                }
            )
        } catch { outcome = .failure(error) }
        await owner.close()
        return try outcome.get()
    }

    /// What all processes have written.
    fileprivate func logs() throws -> String {
        let folder = URL(fileURLWithPath: description.environment).deletingLastPathComponent()
            .appendingPathComponent("logs")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return files.filter { $0.pathExtension == "log" }
            .map { file in (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } ?? "" }
            .joined()
    }
}
