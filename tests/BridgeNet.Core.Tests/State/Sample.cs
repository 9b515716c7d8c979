using System.Collections;
using System.Net;
using System.Numerics;
using System.Reflection;
using System.Text.Json.Serialization;
using BridgeNet.Model;
using BridgeNet.Netlink;

namespace BridgeNet.Core.Tests.State;

/// <summary>
/// Makes an object of any of the model's types with every property set to something that is not its default, and compares two by property.
/// </summary>
internal static class Sample
{
    public static T Of<T>() => (T)Of(typeof(T), typeof(T).Name, 1);

    /// <summary>The paths of the properties that are not the same.</summary>
    public static IReadOnlyList<string> Differences(object? expected, object? actual, string path = "")
    {
        if (expected is null || actual is null || expected is string || !IsComposite(expected.GetType()))
            return Equals(expected, actual) ? [] : [$"{path}: {expected} became {actual ?? "null"}"];
        if (expected is IDictionary before && actual is IDictionary after)
        {
            return before.Count != after.Count
                ? [$"{path}: {before.Count} entries became {after.Count}"]
                : [.. before.Keys.Cast<object>().SelectMany(key => Differences(before[key], after[key], $"{path}[{key}]"))];
        }
        if (expected is IEnumerable items && actual is IEnumerable others)
        {
            object?[] left = [.. items],
                right = [.. others];
            return left.Length != right.Length
                ? [$"{path}: {left.Length} items became {right.Length}"]
                : [.. left.Zip(right).SelectMany((pair, index) => Differences(pair.First, pair.Second, $"{path}[{index}]"))];
        }
        return
        [
            .. Properties(expected.GetType())
                .SelectMany(property => Differences(property.GetValue(expected), property.GetValue(actual), $"{path}.{property.Name}")),
        ];
    }

    /// <summary>The properties of a type of the model that can be set and are kept.</summary>
    public static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties()
            .Where(property => property.SetMethod is { IsPublic: true } && property.GetCustomAttribute<JsonIgnoreAttribute>() is null);

    // The number makes values of one type differ.
    private static object Of(Type type, string name, int number)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return $"{name}-{number}".PadRight(64, 'x');
        if (type == typeof(bool))
            return true;
        if (type.IsEnum)
            return type.GetEnumValues().GetValue(type.GetEnumValues().Length - 1)!;
        if (type.IsPrimitive || type == typeof(decimal))
            return Convert.ChangeType(40 + number, type, System.Globalization.CultureInfo.InvariantCulture);
        if (type == typeof(IPAddress))
            return IPAddress.Parse(name.Contains("IPv6", StringComparison.Ordinal) ? $"fd00::{number}" : $"10.1.2.{number}");
        if (type == typeof(IPNetwork))
            return IPNetwork.Parse($"10.{number}.0.0/16");
        if (type == typeof(AddressRange))
            return AddressRange.Parse($"10.1.{number}.10-10.1.{number}.99");
        if (type == typeof(BigInteger))
            return new BigInteger(40 + number);
        if (type == typeof(MacAddress))
            return MacAddress.Parse($"02:42:0a:00:00:{number:x2}");
        if (type == typeof(DateTimeOffset))
            return new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)).AddTicks(1234567 + number);
        if (type == typeof(TimeSpan))
            return TimeSpan.FromTicks(1234567 + number);
        if (
            type.IsGenericType
            && type.GetGenericArguments() is [var key, var value]
            && type.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(key, value))
        )
        {
            IDictionary made = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(key, value))!;
            for (int i = 1; i <= 2; i++)
                made[Of(key, name, i)] = Of(value, name, number + i);
            return made;
        }
        if (type.IsGenericType && type.GetGenericArguments() is [var item] && type.IsAssignableFrom(item.MakeArrayType()))
        {
            Array made = Array.CreateInstance(item, 2);
            for (int i = 0; i < 2; i++)
                made.SetValue(Of(item, name, number + i), i);
            return made;
        }
        if (!IsComposite(type))
            throw new NotSupportedException($"{nameof(Sample)} knows no value of type {type} for {name}: give it one.");
        ConstructorInfo constructor = type.GetConstructors().OrderBy(constructor => constructor.GetParameters().Length).First();
        object record = constructor.Invoke([
            .. constructor.GetParameters().Select((parameter, index) => Of(parameter.ParameterType, parameter.Name!, number + index)),
        ]);
        int next = number;
        foreach (PropertyInfo property in Properties(type))
            property.SetValue(record, Of(property.PropertyType, property.Name, ++next));
        return record;
    }

    private static bool IsComposite(Type type) =>
        type.Assembly == typeof(NetworkRow).Assembly && type != typeof(MacAddress) && type != typeof(AddressRange) && !type.IsEnum
        || typeof(IEnumerable).IsAssignableFrom(type);
}
