import DomainModel
import HTTPTypes

private func gates(_ endpoint: Endpoint) -> String {
    var gates = endpoint.gate.map { ["\($0.feature.rawValue)≥\($0.level)"] } ?? []
    gates += endpoint.bodyGates.map { "\($0.requirement.feature.rawValue)≥\($0.requirement.level)(\($0.when))" }
    return gates.isEmpty ? "-" : gates.joined(separator: ",")
}

/// The routes as lines of text, with audience, scope, flag and gate: what `igny8-gateway routes` prints.
func routeList(_ endpoints: [Endpoint]) -> String {
    let rows = endpoints.map { endpoint in
        [
            endpoint.method.rawValue, endpoint.template, endpoint.audience.letter, endpoint.scope?.rawValue ?? "-",
            endpoint.flag?.rawValue ?? "-", gates(endpoint),
            endpoint.summary,
        ]
    }
    let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
        row.enumerated().map { column, cell in
            column < 6 ? cell + String(repeating: " ", count: widths[column] - cell.count) : cell
        }.joined(separator: "  ")
    }.joined(separator: "\n")
}
