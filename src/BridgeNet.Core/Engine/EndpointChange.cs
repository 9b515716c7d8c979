using BridgeNet.Model;

namespace BridgeNet.Engine;

/// <summary>An endpoint as it was and as it is to be.</summary>
/// <param name="Network">Its network.</param>
/// <param name="Before">Null for one that is new.</param>
/// <param name="After">Null for one that goes.</param>
internal sealed record EndpointChange(NetworkRow Network, EndpointRow? Before, EndpointRow? After)
{
    /// <summary>Whether it has ports, before or after.</summary>
    public bool IsOfPorts => Before?.Ports.Count > 0 || After?.Ports.Count > 0;
}
