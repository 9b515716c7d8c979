using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Drivers;

/// <summary>A driver for networks without kernel objects: <c>none</c>, <c>host</c>, and networks that are only a configuration.</summary>
/// <param name="name">The name.</param>
/// <param name="description">The description for users.</param>
internal sealed class PredefinedDriver(string name, string description) : INetworkDriver
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Description => description;

    /// <inheritdoc/>
    public DriverCapabilities Capabilities => DriverCapabilities.None;

    /// <inheritdoc/>
    public string? WhyInvalid(NetworkRow network) =>
        network.ConfigOnly && network.BridgeName is null && network.BridgeMacAddress is null
            ? null
            : $"Network '{network.Name}' has a driver without bridges; it must be a configuration and have no bridge.";

    /// <inheritdoc/>
    public bool IsHostEnd(string name) => false;

    /// <inheritdoc/>
    public string HostEnd(string endpointId) => "";

    /// <inheritdoc/>
    public string? WhyUnconnectable(NetworkRow network) =>
        network.ConfigOnly ? $"'{network.Name}' is only a configuration; create a network from it."
        : Name == "host" ? "A container can use network 'host' only from its creation; create a container on that network."
        : "'none' is for containers without a network; disconnect the container from its networks instead.";

    /// <inheritdoc/>
    public IEnumerable<KernelObject> Objects(NetworkRow network, EndpointRow endpoint, Place place) => [];
}
