import Reporting
import ServiceRuntime

@main
enum Main {
    static func main() async {
        await ServiceHost.run(name: "igny8-reporting", configuration: ReportingConfiguration.init) {
            try ReportingService.build($0, $1)
        }
    }
}
