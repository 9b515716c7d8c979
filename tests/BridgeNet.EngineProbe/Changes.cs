using BridgeNet.Engine;
using BridgeNet.Model;

namespace BridgeNet.EngineProbe;

/// <summary>Every kind of change, each with what has to be there before it.</summary>
internal static class Changes
{
    /// <summary>The changes by name.</summary>
    public static readonly IReadOnlyDictionary<string, Kind> All = new Dictionary<string, Kind>
    {
        ["create"] = new(Before: 0, static (engine, context) => engine.CreateNetwork(new NetworkRequest("a"), context)),
        ["create-both-families"] = new(Before: 0, static (engine, context) => engine.CreateNetwork(new NetworkRequest("a") { EnableIPv6 = true, Internal = true }, context)),
        ["container"] = new(Before: 1, static (engine, context) => engine.CreateContainer(new ContainerRequest("c") { Network = new EndpointRequest("a") { Publish = ["8080:80"] } }, context)),
        ["container-on-default"] = new(Before: 1, static (engine, context) => engine.CreateContainer(new ContainerRequest("c") { Network = new EndpointRequest("bridge") }, context)),
        ["container-of-host"] = new(Before: 1, static (engine, context) => engine.CreateContainer(new ContainerRequest("c") { Network = new EndpointRequest("host") }, context)),
        ["connect"] = new(Before: 2, static (engine, context) => engine.Connect(new EndpointRequest("b") { Aliases = ["other"], GatewayPriority = 1 }, new ContainerReference { Name = "c" }, context)),
        ["publish"] = new(Before: 2, static (engine, context) => engine.Publish("c", null, ["8081:81/udp", "127.0.0.1:8082:82"], context)),
        ["unpublish"] = new(Before: 2, static (engine, context) => engine.Unpublish(engine.GetPorts(), context)),
        ["set"] = new(Before: 3, static (engine, context) => engine.SetNetwork(new NetworkSettings("b")
        {
            Internal = true,
            Labels = new Dictionary<string, string> { ["k"] = "v" },
            Options = new Dictionary<string, string> { [NetworkOptions.EnableIcc] = "false", [NetworkOptions.Mtu] = "1400" },
        }, context)),
        ["rename"] = new(Before: 3, static (engine, context) => engine.RenameContainer("c", "renamed", context)),
        ["disconnect"] = new(Before: 3, static (engine, context) => Throw(engine.Disconnect([new Membership("a", "c")], context))) { Removes = true },
        ["remove-container"] = new(Before: 3, static (engine, context) => Throw(engine.RemoveContainers(["c"], context))) { Removes = true },
        ["remove"] = new(Before: 3, static (engine, context) => Throw(engine.RemoveNetworks(["a"], force: true, context))) { Removes = true },
    };

    /// <summary>Makes what a change needs: networks a and b; then container c on a with a published port, and a neighbour; then c on b too.</summary>
    public static void Prepare(BridgeNetEngine engine, string change)
    {
        ChangeContext context = new();
        int wanted = All[change].Before;
        if (wanted >= 1)
        {
            engine.CreateNetwork(new NetworkRequest("a") { Subnets = ["10.20.0.0/24"] }, context);
            engine.CreateNetwork(new NetworkRequest("b") { EnableIPv6 = true }, context);
        }
        if (wanted >= 2)
        {
            engine.CreateContainer(new ContainerRequest("c") { Network = new EndpointRequest("a") { IPAddress = "10.20.0.9", Publish = ["8080:80"] } }, context);
            engine.CreateContainer(new ContainerRequest("neighbour") { Network = new EndpointRequest("b") }, context);
        }
        if (wanted >= 3)
            engine.Connect(new EndpointRequest("b"), new ContainerReference { Name = "c" }, context);
    }

    private static void Throw(IReadOnlyList<Problem> problems)
    {
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
    }

    /// <summary>A kind of change.</summary>
    /// <param name="Before">How much has to be there; see <see cref="Prepare"/>.</param>
    /// <param name="Make">Makes it.</param>
    internal sealed record Kind(int Before, Action<BridgeNetEngine, ChangeContext> Make)
    {
        /// <summary>Whether it is carried to its end when its process dies, in place of being taken back.</summary>
        public bool Removes { get; init; }
    }
}
