# Writes OUTPUT, which says when the daemon was built. string(TIMESTAMP) honours SOURCE_DATE_EPOCH.
string(TIMESTAMP date "%b %d %Y %H:%M:%S" UTC)
file(WRITE ${OUTPUT} "#include \"daemon/process/version.h\"
namespace bfq::process {
const char* const kBuildDate = \"${date}\";
}
")
