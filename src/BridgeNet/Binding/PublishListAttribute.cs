using System.Collections;
using System.Management.Automation;

namespace BridgeNet.Binding;

/// <summary>Accepts what to publish as <c>docker run -p</c> does, and published ports, as objects or as text such as <c>0.0.0.0:8080->80/tcp</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PublishListAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => (string[])[.. Read(inputData)];

    private static IEnumerable<string> Read(object? item) => (item is PSObject wrapped ? wrapped.BaseObject : item) switch
    {
        null => [],
        string text => TextListAttribute.Split(text).Select(Unshown),
        IEnumerable many and not IDictionary => many.Cast<object?>().SelectMany(Read),
        _ => [OfPort(GivenObject.Read(PSObject.AsPSObject(item!)))],
    };

    private static string OfPort(GivenObject port) => port.Noun != Noun.Port ? port.Text
        : port["HostPort"] is "0" or null ? $"{port["ContainerPort"]}/{port["Protocol"]}"
        : $"{(port["HostAddress"] is { } address && address.Contains(':') ? $"[{address}]" : port["HostAddress"])}:{port["HostPort"]}:{port["ContainerPort"]}/{port["Protocol"]}";

    // As docker ps and BridgePort show it.
    private static string Unshown(string text) => text.Replace("->", ":", StringComparison.Ordinal);
}
