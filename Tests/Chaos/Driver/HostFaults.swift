import Foundation
import Glibc
import TestSupport

/// What breaks between hosts: the first is cut off for longer than a lease and comes back, the second is cut off and dies
/// without a word, the third works on.
struct HostFaults: Sendable {
    let stage: Stage
    let plan: Plan
    let log: FaultLog

    /// Returns when the time is over.
    func strike() async throws {
        let quarter: Duration = .seconds(Double(plan.seconds) / 4)
        try await Task.sleep(for: quarter)
        try await cable(of: plan.hosts[0], "down")
        log.note("host cut off", plan.hosts[0])
        try await Task.sleep(for: max(quarter, .seconds(plan.lease * 2)))
        try await cable(of: plan.hosts[0], "up")
        log.note("host back: \(plan.hosts[0])")
        try await Task.sleep(for: .seconds(plan.lease))
        // First the cable: nobody hears of its death.
        try await cable(of: plan.hosts[1], "down")
        await stage.crew.killHost(plan.hosts[1])
        log.note("host killed", plan.hosts[1])
        try await Task.sleep(for: quarter)
    }

    /// The end of a host's cable outside of it is called as the host with an r.
    private func cable(of host: String, _ state: String) async throws {
        let process = try TestProcess(["ip", "link", "set", host + "r", state])
        await process.ended()
    }
}
