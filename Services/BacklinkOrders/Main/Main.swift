import BacklinkOrders
import ServiceRuntime

@main
enum Main {
    static func main() async {
        await ServiceHost.run(name: "igny8-backlink-orders", configuration: BacklinkOrdersConfiguration.init) {
            BacklinkOrdersService.build($0, $1)
        }
    }
}
