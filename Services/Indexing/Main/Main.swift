import Indexing
import ServiceRuntime

@main
enum Main {
    static func main() async {
        await ServiceHost.run(name: "igny8-indexing", configuration: IndexingConfiguration.init) {
            try IndexingService.build($0, $1)
        }
    }
}
