import ArgumentParser
import DomainModel
import Foundation
import Persistence
import Postgres
import WebClient

/// `igny8 gates`
struct GateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gates",
        abstract: "Every route that a flag or a plan's gate stands before, and the plans that open it.",
        discussion: """
            Routes, flags and gates are what the running gateway declares (its OpenAPI document); the plans are those of
            the database now, as staff have edited them. A gate by API key holds for keys only, beside the others.

            Example: igny8 gates --json
            """
    )

    @Flag(help: "As JSON, one array of gates.")
    var json = false

    func run() async throws {
        let gates = try await Workbench.run { bench in
            let client = StackClient(
                web: WebClient(loop: bench.loop, logger: bench.logger),
                base: try bench.settings.gatewayURL()
            )
            let document: GateDocument = try await client.get("/openapi.json")
            let plans = try await bench.withDatabase(bench.settings.databaseURL()) { database in
                try await Plans.all(in: database).map(\.value)
            }
            return document.gates(plans: plans)
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(gates), as: UTF8.self))
        } else {
            print(Self.table(gates).text)
        }
    }

    static func table(_ gates: [DeclaredGate]) -> Table {
        var table = Table(["method", "path", "when", "flag", "feature", "level", "opens on"])
        for gate in gates {
            table.add([
                gate.method, gate.path, gate.when ?? "-", gate.flag ?? "-", gate.feature ?? "-", gate.level ?? "-",
                gate.feature == nil
                    ? "every plan" : gate.plans.isEmpty ? "no plan" : gate.plans.joined(separator: ", "),
            ])
        }
        return table
    }
}

/// One gate of one route.
struct DeclaredGate: Encodable, Equatable {
    let method: String
    let path: String
    /// What it depends on: `tier = pro`, `API key`; nil where it always stands.
    let when: String?
    let flag: String?
    let feature: String?
    let level: String?
    /// The plans that open it, from the cheapest.
    let plans: [String]
}

/// What the gateway's OpenAPI document says of gates.
struct GateDocument: Decodable {
    struct Operation: Decodable {
        let flag: String?
        let gate: Gate?
        let keyGate: Gate?
        let bodyGates: [BodyGate]?
        let planLimit: PlanLimit?

        enum CodingKeys: String, CodingKey {
            case flag = "x-flag"
            case gate = "x-gate"
            case keyGate = "x-api-key-gate"
            case bodyGates = "x-body-gates"
            case planLimit = "x-plan-limit"
        }
    }

    struct Gate: Decodable {
        let feature: String
        let level: String
    }

    struct BodyGate: Decodable {
        let when: String
        let gate: Gate
    }

    let paths: [String: [String: Operation]]

    /// Every gate with the plans that open it, by path and method.
    func gates(plans: [Plan]) -> [DeclaredGate] {
        let plans = plans.sorted { $0.price.minor < $1.price.minor }
        return paths.sorted { $0.key < $1.key }.flatMap { path, operations in
            operations.sorted { $0.key < $1.key }.flatMap { method, operation in
                var gates: [(when: String?, gate: Gate?)] = operation.gate.map { [(nil, $0)] } ?? []
                gates += (operation.bodyGates ?? []).map { ($0.when, $0.gate) }
                if let gate = operation.keyGate { gates.append(("API key", gate)) }
                if operation.flag != nil, operation.gate == nil, operation.bodyGates == nil {
                    gates.insert((nil, nil), at: 0)
                }
                let limits = operation.planLimit.map { limit in
                    DeclaredGate(
                        method: method.uppercased(),
                        path: path,
                        when: nil,
                        flag: nil,
                        feature: limit.rawValue,
                        level: "one more",
                        plans: plans.map { plan in
                            plan.limit(of: limit).map { "\(plan.key) up to \($0)" } ?? plan.key.rawValue
                        }
                    )
                }
                return (limits.map { [$0] } ?? [])
                    + gates.map { when, gate in
                        DeclaredGate(
                            method: method.uppercased(),
                            path: path,
                            when: when,
                            flag: operation.flag,
                            feature: gate?.feature,
                            level: gate?.level,
                            plans: plans.filter { $0.opens(gate) }.map(\.key.rawValue)
                        )
                    }
            }
        }
    }
}

extension Plan {
    fileprivate func opens(_ gate: GateDocument.Gate?) -> Bool {
        guard let gate else { return true }
        guard let feature = Feature(rawValue: gate.feature) else { return false }
        return feature.isSatisfied(held: features[feature], needed: gate.level)
    }
}
