# The orders service reads its own secrets, and lists their names.
path "shop/data/orders/*" {
  capabilities = ["read"]
}

path "shop/metadata/orders/*" {
  capabilities = ["list"]
}
