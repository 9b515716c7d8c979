using System.Collections;
using System.Management.Automation;
using System.Net;
using BridgeNet.Model;

namespace BridgeNet.Binding;

/// <summary>The kind of an object that was given for a parameter that names one.</summary>
internal enum Noun
{
    /// <summary>A name, an id, a prefix of an id, or a wildcard.</summary>
    Text,

    /// <summary>Properties that do not belong to an object of this module.</summary>
    Row,

    Network,
    Container,
    Endpoint,
    Port,
    Connection,
    Drift,

    /// <summary>An object of another module.</summary>
    Foreign,
}

/// <summary>
/// A value for a parameter that names an object: a text, or an object of this module in any form: live, from Export-Clixml, a job
/// or a remote session, from JSON or CSV, or from Select-Object. Its kind comes from its type name, which
/// PowerShell keeps in most of these forms, otherwise from its properties.
/// </summary>
internal sealed class GivenObject
{
    private const string Types = "BridgeNet.Model.Bridge";

    /// <summary>The depth to which lists are flattened; a list could contain itself.</summary>
    private const int MaxNesting = 4;

    private readonly PSObject _value;

    private GivenObject(PSObject value)
    {
        _value = value;
        // An object from Import-Csv is a table row, even where its type name is known.
        string? type = value.TypeNames.Any(static name => name.StartsWith("CSV:", StringComparison.Ordinal))
            ? null
            : value.TypeNames.Select(NameOfType).FirstOrDefault(static name => name is not null);
        IsTyped = type is not null;
        Noun = Enum.TryParse(type, out Noun known)
            ? known
            : value.BaseObject switch
            {
                string or IConvertible or IPAddress => Noun.Text,
                PSCustomObject when IsOfAnotherModule(value.TypeNames[0]) => Noun.Foreign,
                PSCustomObject or IDictionary => OfColumns(),
                _ => Noun.Foreign,
            };
        Text = Noun switch
        {
            Noun.Text => LanguagePrimitives.ConvertTo<string>(value),
            Noun.Foreign => $"{value.BaseObject.GetType().Name} {value}",
            Noun.Endpoint => $"{this["ContainerName"]} on {this["NetworkName"]}",
            Noun.Port or Noun.Connection or Noun.Drift => Noun.ToString(),
            _ => this["Name"] ?? Id ?? "",
        };
    }

    /// <summary>Its kind.</summary>
    public Noun Noun { get; }

    /// <summary>
    /// Whether PowerShell still knows its type: then it identifies an existing object, and is not a table row with desired values.
    /// </summary>
    public bool IsTyped { get; }

    /// <summary>The typed text; for an object, its display name.</summary>
    public string Text { get; }

    /// <summary>Whether it is text that may match several objects.</summary>
    public bool IsWildcard => Noun == Noun.Text && WildcardPattern.ContainsWildcardCharacters(Text);

    /// <summary>Whether PowerShell binds its properties to parameters; it does not for the keys of a hashtable.</summary>
    public bool HasColumns => Noun == Noun.Text || _value.BaseObject is not IDictionary;

    /// <summary>The whole id; null where there is none.</summary>
    public string? Id => IdIn("Id");

    /// <summary>The value itself.</summary>
    public object Value => _value.BaseObject is PSCustomObject ? _value : _value.BaseObject;

    /// <summary>The first of these properties with a value; null for none.</summary>
    public string? this[params ReadOnlySpan<string> columns]
    {
        get
        {
            foreach (string column in columns)
            {
                if (Cell(column) is { } cell && LanguagePrimitives.ConvertTo<string>(cell) is { Length: > 0 } text)
                    return text;
            }
            return null;
        }
    }

    /// <summary>All values, with nested lists flattened.</summary>
    public static IEnumerable<GivenObject> Read(IEnumerable<PSObject?>? values) => Read(values, MaxNesting);

    private static IEnumerable<GivenObject> Read(IEnumerable<PSObject?>? values, int nesting)
    {
        foreach (PSObject value in (values ?? []).OfType<PSObject>())
        {
            if (nesting > 0 && value.BaseObject is IEnumerable many and not (string or IDictionary))
            {
                foreach (GivenObject inner in Read(many.Cast<object?>().OfType<object>().Select(PSObject.AsPSObject), nesting - 1))
                    yield return inner;
            }
            else
            {
                yield return new GivenObject(value);
            }
        }
    }

    /// <inheritdoc cref="Read(IEnumerable{PSObject?}?)"/>
    public static GivenObject Read(PSObject value) => Read([value]).ToArray() is [var one] ? one : new(value);

    /// <summary>A whole id in one of these properties; null for none.</summary>
    public string? IdIn(params ReadOnlySpan<string> columns) =>
        this[columns] is { Length: 64 } id && id.All(char.IsAsciiHexDigitLower) ? id : null;

    /// <summary>
    /// The key of a network in a request: its id, or the name of a predefined network, which gets a new id with each use.
    /// </summary>
    public static string Key(NetworkRow network) => network.IsPredefined ? network.Name : network.Id;

    /// <summary>The texts of a property that holds a list, or a list in one cell.</summary>
    public IReadOnlyList<string> List(string column) =>
        Cell(column) switch
        {
            null => [],
            "" => [],
            string text => TextListAttribute.Split(text),
            IEnumerable many => [.. many.Cast<object?>().Select(LanguagePrimitives.ConvertTo<string>)],
            var other => TextListAttribute.Split(LanguagePrimitives.ConvertTo<string>(other)),
        };

    public override string ToString() => Text;

    private object? Cell(string column)
    {
        object? cell = _value.BaseObject is IDictionary table
            ? Keys(table, column).Select(key => table[key]).FirstOrDefault()
            : ValueOf(_value.Properties[column]);
        return cell is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : cell;
    }

    // A property that cannot be read has no value.
    private static object? ValueOf(PSPropertyInfo? property)
    {
        try
        {
            return property?.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }

    private static IEnumerable<object> Keys(IDictionary table, string column) =>
        table.Keys.Cast<object>().Where(key => column.Equals(key as string, StringComparison.OrdinalIgnoreCase));

    private bool Has(params ReadOnlySpan<string> columns)
    {
        foreach (string column in columns)
        {
            if (_value.BaseObject is IDictionary table ? !Keys(table, column).Any() : _value.Properties[column] is null)
                return false;
        }
        return true;
    }

    // Deserialized.BridgeNet.Model.BridgeNetwork, Selected.BridgeNet.Model.BridgeNetwork; Export-Csv's CSV:… is a table row.
    private static string? NameOfType(string type) =>
        type.IndexOf(Types, StringComparison.Ordinal) is >= 0 and var at ? type[(at + Types.Length)..] : null;

    // Select-Object, jobs and Export-Clixml keep the original type name of an object.
    private static bool IsOfAnotherModule(string type) =>
        (type.StartsWith("Selected.", StringComparison.Ordinal) || type.StartsWith("Deserialized.", StringComparison.Ordinal))
        && !type.EndsWith(nameof(PSCustomObject), StringComparison.Ordinal);

    private Noun OfColumns() =>
        Has("Expected", "Actual") ? Noun.Drift
        : Has("HostAddress", "HostPort", "ContainerPort", "Protocol") || Has("EndpointId", "ContainerPort") ? Noun.Port
        : Has("EndpointId") || Has("NetworkName", "ContainerName") ? Noun.Endpoint
        : Has("Source", "Destination", "Reachable") ? Noun.Connection
        : Has("NetNSPath", "Status") ? Noun.Container
        : Has("IPAM") || Has("Driver", "Scope") ? Noun.Network
        : Noun.Row;
}
