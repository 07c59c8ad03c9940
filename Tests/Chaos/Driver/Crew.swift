import Foundation
import Glibc
import TestSupport

/// The worker processes: each is started again when it ends, unless its host is dead.
actor Crew {
    private struct Place {
        let name: String
        let host: String?
        var process: TestProcess?
    }

    private let plan: Plan
    private let database: String
    private let redis: String
    private var places: [Place] = []
    private var watching: Task<Void, Never>?
    /// What workers have said, kept when they end badly.
    private let log = FileManager.default.temporaryDirectory.path + "/igny8-chaos-\(getpid()).log"

    init(_ plan: Plan, database: String, redis: String) {
        self.plan = plan
        self.database = database
        self.redis = redis
    }

    func hire() throws {
        let hosts: [String?] = plan.hosts.isEmpty ? [nil] : plan.hosts
        for host in hosts {
            for number in 1...plan.workers {
                places.append(
                    Place(name: [host, "worker-\(number)"].compactMap { $0 }.joined(separator: "-"), host: host)
                )
            }
        }
        for index in places.indices { try start(index) }
        watching = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(500))
                for index in places.indices where places[index].process?.isRunning == false { try? start(index) }
            }
        }
        print("workers' log: \(log)")
    }

    /// Kills all, for good.
    func dismiss() {
        watching?.cancel()
        for index in places.indices { end(index) }
    }

    /// `kill -9` of one; it is started again half a second later.
    func kill(_ number: Int) -> String {
        let index = number % places.count
        places[index].process?.kill()
        return places[index].name
    }

    /// Freezes one for `time`.
    func freeze(_ number: Int, for time: Duration) -> String {
        let place = places[number % places.count]
        place.process?.signal(SIGSTOP)
        Task {
            try? await Task.sleep(for: time)
            place.process?.signal(SIGCONT)
        }
        return place.name
    }

    /// Kills all workers of a host; they stay dead.
    func killHost(_ host: String) {
        for index in places.indices where places[index].host == host { end(index) }
    }

    private func end(_ index: Int) {
        places[index].process?.signal(SIGCONT)
        places[index].process?.kill()
        places[index].process = nil
    }

    private func start(_ index: Int) throws {
        let place = places[index]
        let words = [
            TestProcess.buildFolder + "/igny8-chaos-worker", "--database", database, "--redis", redis, "--queue",
            Stage.queue, "--lease", "\(plan.lease)", "--capacity", "\(plan.capacity)", "--name", place.name,
        ]
        let prefix = place.host.map { ["ip", "netns", "exec", $0] } ?? []
        places[index].process = try TestProcess(prefix + words, log: log)
    }
}
