using System.Collections;
using System.Management.Automation;
using System.Net;
using BridgeNet.Model;

namespace BridgeNet.Binding;

/// <summary>What something is that was given where an object is named.</summary>
internal enum Noun
{
    /// <summary>A name, an id, the beginning of one, or a wildcard.</summary>
    Text,

    /// <summary>Columns that are no object's of this module.</summary>
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
/// What was given where an object is named: a text, or an object of this module in whatever form it came: live, from Export-Clixml, a job
/// or a remote session, from JSON or CSV, or what Select-Object left of it. What it is, is read from its type's name, which
/// PowerShell keeps in most of these forms, or else from its columns.
/// </summary>
internal sealed class GivenObject
{
    private const string Types = "BridgeNet.Model.Bridge";

    /// <summary>How deep lists are taken apart; one could hold itself.</summary>
    private const int MaxNesting = 4;

    private readonly PSObject _value;

    private GivenObject(PSObject value)
    {
        _value = value;
        // What Import-Csv read is a table again, even where it knows of what.
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

    /// <summary>What it is.</summary>
    public Noun Noun { get; }

    /// <summary>Whether PowerShell still knows its type: then it stands for the object, and is no table of what someone wants.</summary>
    public bool IsTyped { get; }

    /// <summary>What was typed; of an object, what to call it.</summary>
    public string Text { get; }

    /// <summary>Whether it is text that may mean several.</summary>
    public bool IsWildcard => Noun == Noun.Text && WildcardPattern.ContainsWildcardCharacters(Text);

    /// <summary>Whether PowerShell binds its columns to parameters; the keys of a hashtable it does not.</summary>
    public bool HasColumns => Noun == Noun.Text || _value.BaseObject is not IDictionary;

    /// <summary>The whole id; null where there is none.</summary>
    public string? Id => IdIn("Id");

    /// <summary>The value itself.</summary>
    public object Value => _value.BaseObject is PSCustomObject ? _value : _value.BaseObject;

    /// <summary>The first of these columns that says something; null for none.</summary>
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

    /// <summary>All values, with lists within lists taken apart.</summary>
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

    /// <summary>A whole id in one of these columns; null for none.</summary>
    public string? IdIn(params ReadOnlySpan<string> columns) =>
        this[columns] is { Length: 64 } id && id.All(char.IsAsciiHexDigitLower) ? id : null;

    /// <summary>What to call a network in a request: its id, or the name of a predefined one, whose id comes and goes with its use.</summary>
    public static string Key(NetworkRow network) => network.IsPredefined ? network.Name : network.Id;

    /// <summary>The texts of a column that holds a list, or a list in one cell.</summary>
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

    // A property that cannot be read says nothing.
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

    // Deserialized.BridgeNet.Model.BridgeNetwork, Selected.BridgeNet.Model.BridgeNetwork; Export-Csv's CSV:… is a table again.
    private static string? NameOfType(string type) =>
        type.IndexOf(Types, StringComparison.Ordinal) is >= 0 and var at ? type[(at + Types.Length)..] : null;

    // Select-Object, jobs and Export-Clixml keep the name of the type that an object had.
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
