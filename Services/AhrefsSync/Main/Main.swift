import AhrefsSync
import ServiceRuntime

@main
enum Main {
    static func main() async {
        await ServiceHost.run(name: "igny8-ahrefs-sync", configuration: AhrefsSyncConfiguration.init) {
            try AhrefsSyncService.build($0, $1)
        }
    }
}
