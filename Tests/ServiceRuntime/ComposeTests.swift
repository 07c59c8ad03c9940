import Foundation
import ServiceRuntime
import Testing
import Yams

/// What can be known about the compose file without an engine.
@Suite("docker-compose.yml") struct ComposeTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let programs = [
        "igny8", "igny8-gateway", "igny8-subscriptions", "igny8-backlink-orders", "igny8-ahrefs-sync", "igny8-indexing",
        "igny8-reporting", "igny8-sandbox",
    ]

    private let text: String
    private let services: [String: [String: Any]]

    init() throws {
        text = try String(contentsOf: Self.root.appending(path: "docker-compose.yml"), encoding: .utf8)
        let document = try #require(try Yams.load(yaml: text) as? [String: Any])
        services = try #require(document["services"] as? [String: [String: Any]])
    }

    private var ours: [String: [String: Any]] {
        services.filter { ($0.value["image"] as? String)?.hasPrefix("igny8") == true }
    }

    @Test("runs every program of the house, each by an image of ours")
    func programs() {
        let started = ours.values.compactMap { ($0["command"] as? [String])?.first }
        #expect(Set(started) == Set(Self.programs))
    }

    @Test("each of our containers is read-only, without capabilities, and never privileged")
    func hardened() {
        for (name, service) in ours {
            #expect(service["read_only"] as? Bool == true, "\(name)")
            #expect(service["cap_drop"] as? [String] == ["ALL"], "\(name)")
            #expect(service["security_opt"] as? [String] == ["no-new-privileges:true"], "\(name)")
        }
        #expect(!text.contains("privileged: true"))
    }

    @Test("only the gateway has a port on the host, on loopback, and where there is TLS, its edge")
    func ports() {
        #expect((services["caddy"]?["profiles"] as? [String]) == ["tls"])
        #expect((services["caddy"]?["ports"] as? [String]) == ["80:80", "443:443"])
        for (name, service) in services where name != "caddy" {
            let ports = service["ports"] as? [String] ?? []
            #expect(ports.isEmpty || name == "gateway", "\(name)")
            #expect(ports.allSatisfy { $0.hasPrefix("127.0.0.1:") }, "\(name)")
        }
    }

    @Test("every secret comes from outside and stands in example.env")
    func variables() throws {
        let example = try String(contentsOf: Self.root.appending(path: "deploy/docker/example.env"), encoding: .utf8)
        let named = Set(example.split(separator: "\n").compactMap { $0.firstMatch(of: /^([A-Z0-9_]+)=/)?.1 })
        let required = Set(text.matches(of: /\$\{([A-Z0-9_]+)(?::\?[^}]*)?\}/).map(\.1))
        #expect(required.subtracting(named).isEmpty)
        let used = Set(text.matches(of: /\$\{([A-Z0-9_]+)[:}]/).map(\.1))
        #expect(named.subtracting(used).isEmpty)
    }

    @Test("what a container is given is a configuration that the services take")
    func environment() throws {
        for (name, service) in ours where (service["command"] as? [String])?.first != "igny8" {
            var values = try #require(service["environment"] as? [String: String], "\(name)")
            values = values.mapValues { $0.replacing(/\$\{[A-Z0-9_]+:-([^}]*)\}/) { $0.1 } }
            values = values.mapValues { $0.replacing(/\$\{[^}]*\}/, with: "secret") }
            values.merge(try imageEnvironment()) { own, _ in own }
            #expect(throws: Never.self, "\(name)") { try RuntimeConfiguration(Settings(values)) }
        }
    }

    @Test("the image runs as a user who owns nothing, with a healthcheck on the private port")
    func image() throws {
        let lines = try dockerfile().split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(lines.last { $0.hasPrefix("USER ") } == "USER igny8")
        #expect(lines.contains { $0.hasPrefix("HEALTHCHECK") })
        for program in Self.programs { #expect(try dockerfile().contains("--product \(program)")) }
    }

    private func dockerfile() throws -> String {
        try String(contentsOf: Self.root.appending(path: "deploy/docker/Dockerfile"), encoding: .utf8)
    }

    private func imageEnvironment() throws -> [String: String] {
        let pairs = try dockerfile().matches(of: /(IGNY8_[A-Z0-9_]+)=([^ \\\n]+)/)
        return Dictionary(pairs.map { (String($0.1), String($0.2)) }) { $1 }
    }
}
