import Foundation
import JobQueue
import ServiceRuntime
import Testing
import Yams

/// What can be known about the Kubernetes files without a cluster.
@Suite("deploy/kubernetes") struct KubernetesTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "deploy/kubernetes")

    private typealias Object = [String: Any]
    private let objects: [Object]

    init() throws {
        let kustomization = try #require(try Self.documents("kustomization.yaml").first)
        let files = try #require(kustomization["resources"] as? [String])
        objects = try files.flatMap { try Self.documents($0) }
    }

    private static func documents(_ file: String) throws -> [Object] {
        let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
        return try Yams.load_all(yaml: text).compactMap { $0 as? Object }
    }

    private func all(_ kind: String) -> [Object] { objects.filter { $0["kind"] as? String == kind } }

    /// `metadata/name`, `spec/template/spec`.
    private func find(_ path: String, in object: Object) -> Any? {
        path.split(separator: "/").reduce(object as Any?) { ($0 as? Object)?[String($1)] }
    }

    private func name(_ object: Object) -> String { find("metadata/name", in: object) as? String ?? "" }

    @Test("every file of the folder is applied")
    func complete() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        let kustomization = try #require(try Self.documents("kustomization.yaml").first)
        let applied = try #require(kustomization["resources"] as? [String])
        #expect(Set(files.filter { $0.hasSuffix(".yaml") }) == Set(applied + ["kustomization.yaml"]))
    }

    @Test("each worker is scaled by the list and the hash that the queue really uses")
    func triggers() throws {
        for scaled in all("ScaledObject") {
            let queue = name(scaled)
            let keys = HintKeys(queue: queue)
            let triggers = try #require(find("spec/triggers", in: scaled) as? [Object])
            let lists = triggers.compactMap { find("metadata/listName", in: $0) as? String }
            #expect(lists == [keys.ready, keys.busy])
            #expect(find("metadata/listLength", in: triggers[1]) as? String == "1", "a replica for each busy worker")
            #expect(find("spec/scaleTargetRef/name", in: scaled) as? String == queue)
            #expect(all("Deployment").contains { name($0) == queue })
        }
        #expect(
            all("ScaledObject").map(name) == [
                "subscriptions", "backlink-orders", "ahrefs-sync", "indexing", "reporting",
            ]
        )
    }

    @Test("the list can grow long enough to ask for the last replica, and one always keeps the queue")
    func window() throws {
        let capacity = find("data/IGNY8_WORKER_CAPACITY", in: try #require(all("ConfigMap").first)) as? String
        let scaleDown = "spec/advanced/horizontalPodAutoscalerConfig/behavior/scaleDown/stabilizationWindowSeconds"
        for scaled in all("ScaledObject") {
            let triggers = try #require(find("spec/triggers", in: scaled) as? [Object])
            let perReplica = try #require((find("metadata/listLength", in: triggers[0]) as? String).flatMap { Int($0) })
            let most = try #require(find("spec/maxReplicaCount", in: scaled) as? Int)
            #expect(most * perReplica <= HintWindow.smallest - HintWindow.reserve(of: HintWindow.smallest))
            #expect(find("spec/minReplicaCount", in: scaled) as? Int ?? 0 >= 1)
            #expect(find("spec/fallback/behavior", in: scaled) as? String == "currentReplicasIfHigher")
            #expect(capacity.flatMap { Int($0) } == perReplica)
            #expect(find(scaleDown, in: scaled) as? Int == 300)
        }
    }

    @Test("each container is hardened, probed, and has more time to end than it needs")
    func pods() throws {
        let shutdown = find("data/IGNY8_SHUTDOWN_SECONDS", in: try #require(all("ConfigMap").first)) as? String
        let needed = try #require(shutdown.flatMap { Int($0) })
        #expect(needed > Int(WorkerConfiguration().grace.components.seconds), "the drain's own grace comes first")
        #expect(
            Set(all("Deployment").map(name)) == [
                "gateway", "subscriptions", "backlink-orders", "ahrefs-sync", "indexing", "reporting",
            ],
            "the sandbox is never in production"
        )
        for deployment in all("Deployment") + all("Job") {
            let pod = try #require(find("spec/template/spec", in: deployment) as? Object)
            #expect(find("securityContext/runAsNonRoot", in: pod) as? Bool == true)
            for container in try #require(pod["containers"] as? [Object]) {
                #expect(find("securityContext/readOnlyRootFilesystem", in: container) as? Bool == true)
                #expect(find("securityContext/allowPrivilegeEscalation", in: container) as? Bool == false)
                #expect(find("securityContext/capabilities/drop", in: container) as? [String] == ["ALL"])
                guard deployment["kind"] as? String == "Deployment" else { continue }
                #expect(find("readinessProbe/httpGet/path", in: container) as? String == "/readyz")
                #expect(find("livenessProbe/httpGet/path", in: container) as? String == "/healthz")
            }
            guard deployment["kind"] as? String == "Deployment" else { continue }
            #expect(pod["terminationGracePeriodSeconds"] as? Int ?? 0 > needed)
        }
    }

    @Test("what a container is given is a configuration that the services take")
    func environment() throws {
        let shared = try #require(all("ConfigMap").first?["data"] as? [String: String])
        for deployment in all("Deployment") {
            let pod = try #require(find("spec/template/spec", in: deployment) as? Object)
            let container = try #require((pod["containers"] as? [Object])?.first)
            var values = shared
            values["IGNY8_PRIVATE_PORT"] = "9090"
            for variable in container["env"] as? [Object] ?? [] {
                let secret = find("valueFrom/secretKeyRef/key", in: variable) as? String
                let name = try #require(variable["name"] as? String)
                #expect(secret == name)
                values[name] = name.hasSuffix("_REDIS_URL") ? "redis://redis:6379/0" : "postgresql://u:p@postgres/igny8"
            }
            #expect(throws: Never.self, "\(name(deployment))") { try RuntimeConfiguration(Settings(values)) }
        }
    }
}
