import ServiceRuntime
import Subscriptions

@main
enum Main {
    static func main() async {
        await ServiceHost.run(name: "igny8-subscriptions", configuration: SubscriptionsConfiguration.init) {
            try SubscriptionsService.build($0, $1)
        }
    }
}
