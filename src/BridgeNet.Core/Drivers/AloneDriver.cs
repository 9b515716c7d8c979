using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Drivers;

/// <summary>Networks that nobody is connected to: <c>none</c>, <c>host</c>, and configurations for others. They are nothing in the kernel.</summary>
/// <param name="name">The name.</param>
/// <param name="description">What it is.</param>
internal sealed class AloneDriver(string name, string description) : INetworkDriver
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Description => description;

    /// <inheritdoc/>
    public DriverCapabilities Capabilities => DriverCapabilities.None;

    /// <inheritdoc/>
    public string? Flaw(NetworkRow network) =>
        network.ConfigOnly && network.BridgeName is null && network.BridgeMacAddress is null
            ? null
            : $"Network '{network.Name}' is not one that has no containers.";

    /// <inheritdoc/>
    public bool IsHostEnd(string name) => false;

    /// <inheritdoc/>
    public string HostEnd(string endpointId) => "";

    /// <inheritdoc/>
    public string? WhyUnconnectable(NetworkRow network) =>
        network.ConfigOnly
            ? $"'{network.Name}' is only a configuration; make a network of it with New-BridgeNetwork -ConfigFrom {network.Name}."
        : Name == "host" ? "A container is on 'host' from its beginning or never; make it with New-BridgeContainer -Network host."
        : "'none' is for containers without a network; disconnect the container from the others instead.";

    /// <inheritdoc/>
    public IEnumerable<KernelObject> Objects(NetworkRow network, EndpointRow endpoint, Place place) => [];
}
