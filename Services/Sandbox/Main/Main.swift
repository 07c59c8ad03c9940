import Sandbox
import ServiceRuntime

@main
enum Main {
    static func main() async {
        await ServiceHost.run(name: "igny8-sandbox", configuration: SandboxConfiguration.init) { host, configuration in
            try await Sandbox.services(host, configuration)
        }
    }
}
