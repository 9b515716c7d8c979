using System.Collections;
using System.Management.Automation;

namespace BridgeNet.Binding;

/// <summary>
/// Accepts port specifications as <c>docker run -p</c> does, and published ports, as objects or as text such as
/// <c>0.0.0.0:8080->80/tcp</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PublishListAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        string[] given = [.. Read(inputData)];
        return (string[])[.. given.Select(text => OfRoutedFamily(text, given).Replace("->", ":", StringComparison.Ordinal))];
    }

    private static IEnumerable<string> Read(object? item) =>
        (item is PSObject wrapped ? wrapped.BaseObject : item) switch
        {
            null => [],
            string text => TextListAttribute.Split(text),
            IEnumerable many and not IDictionary => many.Cast<object?>()
                .SelectMany(static item => item is IEnumerable and not string ? [] : Read(item)),
            _ => [OfPort(GivenObject.Read(PSObject.AsPSObject(item)))],
        };

    private static string OfPort(GivenObject port)
    {
        if (port.Noun != Noun.Port)
            return port.Text;
        string address = port["HostAddress"] is { } given && given.Contains(':') ? $"[{given}]" : port["HostAddress"] ?? "";
        return $"{address}:{(port["HostPort"] is "0" or null ? "" : port["HostPort"])}:{port["ContainerPort"]}/{port["Protocol"]}";
    }

    // A port that is open at the container's own address has the text 80/tcp. If the same port is published at a host address of one
    // family, it is the port of the other family; alone it would get a host port.
    private static string OfRoutedFamily(string text, string[] all)
    {
        if (text.Contains(':') || all.FirstOrDefault(other => other.EndsWith($"->{text}", StringComparison.Ordinal)) is not { } shown)
            return text;
        return shown.StartsWith('[') ? $"0.0.0.0::{text}" : $"[::]::{text}";
    }
}
